// Writes a content security policy into the built page, so that the browser itself refuses every
// request to another host: a link to an image in a response, for example, is previewed on hover.
import type { Plugin } from 'vite';

const policy = [
  "default-src 'self'",
  // The editor sets styles on elements and embeds its fonts and icons as data URLs.
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Only in the build: the development server's hot reloading needs an inline script. */
export function contentSecurityPolicy(): Plugin {
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: policy },
        injectTo: 'head-prepend',
      },
    ],
  };
}
