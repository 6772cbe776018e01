/** The version of Moonferry, and the Sveltos release whose behaviour it has. */
export const VERSION = "0.1.0";
export const SVELTOS_RELEASE = "v1.13.0";

export function versionText(): string {
  return `moonferry ${VERSION} (behaves as Sveltos event-manager ${SVELTOS_RELEASE})\n`;
}
