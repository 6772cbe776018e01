/**
 * Text on its way to a terminal: names, keys and messages come of objects that many may write, and must not move the cursor,
 * set the title or turn the line around. Colours pass, since they are our own.
 */

// deno-lint-ignore no-control-regex -- it is control characters that are looked for
const COLOUR_OR_CONTROL = /(\x1b\[[0-9;]{0,16}m)|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g;

/** The text with U+FFFD for each control character, but for line feeds, tabs and changes of colour. */
export function terminalText(text: string): string {
  return text.replace(COLOUR_OR_CONTROL, (_, colour: string | undefined) => colour ?? "\ufffd");
}
