/** The Content-Security-Policy of pages: everything comes from this service, and nothing is inline. */

/**
 * No upgrade to TLS is requested: the pages also work over plain HTTP in an internal network.
 * @param images further sources of images
 */
export const pagePolicy = (...images: readonly string[]): string =>
  [
    "default-src 'none'",
    "base-uri 'none'",
    "connect-src 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    `img-src ${["'self'", ...images].join(' ')}`,
    "script-src 'self'",
    "style-src 'self'",
  ].join('; ');
