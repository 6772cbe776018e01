/** Waits for the world to become as it should: asks again and again, and tells what it saw last where it never does. */

const LIMIT_MILLISECONDS = 60_000;
const PAUSE_MILLISECONDS = 100;

export async function eventually(check: () => Promise<void> | void): Promise<void> {
  const end = performance.now() + LIMIT_MILLISECONDS;
  while (true) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    }
  }
}
