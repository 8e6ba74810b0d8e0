/** Stands in the built page wherever the nonce of the answer that carries it belongs. */
export const NONCE_PLACEHOLDER = '__CSP_NONCE__'

/**
 * What the page may load and do, the same in the window and in the browser: only what it was built from. Styles with
 * the nonce are those that a component has to create at run time.
 */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' blob: data:",
    "connect-src 'self'",
    "font-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ')
}
