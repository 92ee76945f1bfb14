// Writes a content security policy into the built page, so that the browser itself refuses every
// request to another host: a link to an image in a response, for example, is previewed on hover.
import type { Plugin } from 'vite';

const playground = [
  "default-src 'self'",
  // The editor sets styles on elements and embeds its fonts and icons as data URLs.
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The page that sends files needs only its own script, style and requests. */
const push = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** Only in the build: the development server's hot reloading needs an inline script. */
export function contentSecurityPolicy(): Plugin {
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: (_html, { path }) => [
      {
        tag: 'meta',
        attrs: {
          'http-equiv': 'Content-Security-Policy',
          content: path.endsWith('/push.html') ? push : playground,
        },
        injectTo: 'head-prepend',
      },
    ],
  };
}
