/**
 * Words that the tests put into Secrets and that nobody may ever read outside of one; and the search for them, in every form
 * that a leak could have: as they are or in part, in base64 wherever it starts, in hex.
 */

/** No eight characters in a row of these stand anywhere else. */
export const CANARIES = {
  token: "Kx7QvT2mWzR9bLpD4sHnYc",
  key: "Gw3ZkN8rXqJ5vMtB6fPdUa",
  resource: "Rj4HcV9yTnF2wSxE7gLzQm",
  template: "Bt6MdP3uKvY8rNqA5jWhXe",
  foreign: "Zf5SgJ7xCmU4bVkT9pRwDn",
  invalid: "HqLwNvXsYjTkPbRmGzFd",
  output: "Wd8EtC3nBhK6yQpJ2vUxSg",
  fault: "Ly9XkQ2rVtC7mHsB4wNdGz",
} as const;

const PIECE = 8;

/**
 * What of the canaries stands in the text: the words' names with the form.
 *
 * @param words by name; fewer than all where the text is long and no others were used
 */
export function findCanaries(text: string, words: Readonly<Record<string, string>> = CANARIES): string[] {
  const lower = text.toLowerCase();
  const found = new Set<string>();
  for (const [name, word] of Object.entries(words)) {
    for (const piece of piecesOf(word, PIECE)) if (text.includes(piece)) found.add(`${name} as it is`);
    for (let before = 0; before < 3; before++) {
      // The first and the last characters depend on what stands beside the word.
      const encoded = btoa("x".repeat(before) + word).slice(before === 0 ? 0 : 4).replace(/.{0,3}=*$/, "");
      for (const piece of piecesOf(encoded, 12)) if (text.includes(piece)) found.add(`${name} in base64`);
    }
    const hex = [...word].map((char) => char.charCodeAt(0).toString(16)).join("");
    for (const piece of piecesOf(hex, 2 * PIECE)) if (lower.includes(piece)) found.add(`${name} in hex`);
  }
  return [...found];
}

function piecesOf(word: string, length: number): string[] {
  return Array.from({ length: word.length - length + 1 }, (_, at) => word.slice(at, at + length));
}

/** What stands in the Secrets of the other tests and of the examples, and as the token of the test servers. */
const FIXTURES = [
  "TOPSECRET",
  "made-up-token-of-the-tests",
  ...["made up client", "made up CA", "made up key"].flatMap((text) => [text, btoa(text).slice(0, -4)]),
];

/** Whatever of the tests' Secrets stands in the output of a whole test run. */
export function findTestSecrets(output: string): string[] {
  return [...findCanaries(output), ...FIXTURES.filter((word) => output.includes(word))];
}
