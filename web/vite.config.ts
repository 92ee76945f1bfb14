// How the playground is bundled: everything the page needs at run time ends up in dist/, because
// the binary that embeds it must work on a machine without any network.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

import { contentSecurityPolicy } from './build/content-security-policy';
import { thirdPartyNotices } from './build/third-party-notices';

const gateway = process.env['GATEWAY_URL'] ?? 'http://127.0.0.1:4000';

// The workers are separate bundles, so the notices are collected over both.
const notices = thirdPartyNotices();

export default defineConfig({
  base: '/playground/',
  plugins: [react(), contentSecurityPolicy(), notices.page],
  worker: { format: 'es', plugins: () => [notices.worker] },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    // Two pages: the playground, and the upload of files at /push.
    rollupOptions: { input: ['index.html', 'push.html'] },
    // The editor is one large chunk by nature, and it is served from the same machine.
    chunkSizeWarningLimit: 4000,
  },
  server: {
    proxy: { '/graphql': gateway, '/playground/config.json': gateway, '/v1': gateway },
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
});
