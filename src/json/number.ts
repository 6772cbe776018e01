/** How Go prints numbers: the one place that knows, used by templates, CEL, YAML and the Lua bridge. */

/**
 * Formats a float64 as Go's `strconv.FormatFloat(value, 'g', -1, 64)` and `fmt`'s `%v` do: the shortest digits that read
 * back the same, in exponent form below 1e-4 and from 10^`exponentFrom` up (6 in both; `%#v` has 21).
 */
export function formatFloat(value: number, exponentFrom = 6): string {
  if (Number.isNaN(value)) return "NaN";
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const sign = value < 0 ? "-" : "";
  // toExponential() without digits gives the shortest digits that round-trip, as Go's shortest format does.
  const [mantissa, exponentText] = Math.abs(value).toExponential().split("e") as [string, string];
  const digits = mantissa.replace(".", "");
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= exponentFrom) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    const magnitude = Math.abs(exponent);
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? "-" : "+"}${magnitude < 10 ? "0" : ""}${magnitude}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return sign + digits + "0".repeat(exponent + 1 - digits.length);
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}
