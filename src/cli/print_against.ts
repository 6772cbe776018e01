/** What a comparison with Sveltos and a takeover look like: counts, names, paths and hashes; never a value. */
import { formatRef, type ObjectRef } from "../api/object.ts";
import type { JsonObject } from "../json/json.ts";
import {
  type Compared,
  type Comparison,
  formatOwner,
  type OnlyHere,
  type OnlyThere,
  type Takeover,
  type TriggerComparison,
} from "../reconcile/against.ts";
import type { Compatibility, Verdict } from "../reconcile/compatibility.ts";
import type { Origin } from "../reconcile/origin.ts";
import type { Reconciliation } from "../reconcile/reconcile.ts";
import {
  changeTable,
  errorDocuments,
  failureLines,
  originDocument,
  type Paint,
  plural,
  refDocument,
  waitingLines,
} from "./print.ts";

/** Longer lists are cut, unless all is asked for. */
const MAX_ROWS = 20;

/** All that `plan --against sveltos` has found. */
export interface AgainstResult {
  readonly comparison: Comparison;
  readonly reconciliations: readonly Reconciliation[];
  readonly sources: readonly (Compatibility & { readonly usedBy: readonly string[] })[];
  readonly triggers: readonly Compatibility[];
  /** What could not be read of Sveltos's. */
  readonly unknown: readonly string[];
}

export interface AgainstCounts {
  readonly equal: number;
  readonly differ: number;
  readonly onlyHere: number;
  readonly onlyThere: number;
  /** What Sveltos has let go of, and nobody would write. */
  readonly leftBehind: number;
  /** Targets at which somebody else's object stands. */
  readonly foreign: number;
  /** Targets that were not looked at, since the gate `kinds` or `namespaces` holds them. */
  readonly unseen: number;
  /** Targets that are ours already. */
  readonly ours: number;
  /** Of those that both have, or only we: how many a gate holds here. */
  readonly held: number;
}

type TriggerCounts = Omit<AgainstCounts, "onlyThere" | "leftBehind">;

function triggerCounts({ compared, onlyHere, foreign, unseen, ours }: TriggerComparison): TriggerCounts {
  const equal = compared.filter(({ differences }) => differences.length === 0).length;
  return {
    equal,
    differ: compared.length - equal,
    onlyHere: onlyHere.length,
    foreign: foreign.length,
    unseen: unseen.length,
    ours,
    held: [...compared, ...onlyHere].filter(({ held }) => held !== undefined).length,
  };
}

export function againstCounts({ triggers, onlyThere, leftBehind }: Comparison): AgainstCounts {
  const counts = triggers.map(triggerCounts);
  const sum = (name: keyof TriggerCounts) => counts.reduce((total, each) => total + each[name], 0);
  return {
    equal: sum("equal"),
    differ: sum("differ"),
    onlyHere: sum("onlyHere"),
    onlyThere: onlyThere.length,
    leftBehind: leftBehind.length,
    foreign: sum("foreign"),
    unseen: sum("unseen"),
    ours: sum("ours"),
    held: sum("held"),
  };
}

/** The comparison and the compatibility of what it was made from, as a person reads them. */
export function againstTable(result: AgainstResult, paint: Paint, verbose: boolean): string {
  const { comparison, reconciliations, sources, unknown } = result;
  const { triggers, onlyThere, leftBehind, ofOtherProfiles } = comparison;
  const blocks = triggers.map((trigger, index) =>
    block([
      `${paint("bold", `EventTrigger ${trigger.trigger}`)}: ${countsText(triggerCounts(trigger), paint)}`,
      ...comparedLines(trigger, paint, verbose),
      ...failureLines(reconciliations[index]!, paint, verbose),
      ...waitingLines(reconciliations[index]!, paint),
    ])
  );
  const counts = againstCounts(result.comparison);
  const total = [
    `${paint("bold", "Against Sveltos")}: ${number(counts.equal)} equal, ${number(counts.differ)} differ, ` +
    `${number(counts.onlyHere)} only here, ${number(counts.onlyThere)} only there`,
    ...cut(onlyThere.map((item) => onlyThereLine(item, paint)), verbose),
    ...cut(leftBehind.map((target) => leftBehindLine(target, paint)), verbose),
    ...(ofOtherProfiles > 0
      ? [
        `  ${paint("dim", `${plural(ofOtherProfiles, "object")} of profiles that no EventTrigger made: not compared`)}`,
      ]
      : []),
    ...unknown.map((message) => `  ${paint("red", "x not known")}  ${message}`),
  ];
  return [
    ...blocks,
    block(total),
    block([
      paint("bold", "EventSources"),
      ...sources.flatMap((source) => compatibilityLines(source, usedByText(source.usedBy), paint, verbose)),
    ]),
    block([
      paint("bold", "EventTriggers"),
      ...result.triggers.flatMap((trigger) => compatibilityLines(trigger, "", paint, verbose)),
    ]),
  ].join("\n");
}

function block(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}

function countsText(counts: TriggerCounts, paint: Paint): string {
  const parts = [
    [counts.equal, "equal", "green"],
    [counts.differ, "differ", "yellow"],
    [counts.onlyHere, "only here", "cyan"],
    [counts.ours, "ours already", "dim"],
    [counts.foreign, "somebody else's", "red"],
    [counts.unseen, "not looked at", "magenta"],
  ] as const;
  const shown = parts.filter(([count, name]) => count > 0 || name === "equal" || name === "differ");
  return shown.map(([count, name, style]) => paint(count > 0 ? style : "dim", `${number(count)} ${name}`)).join(", ");
}

function comparedLines(trigger: TriggerComparison, paint: Paint, verbose: boolean): string[] {
  const differ = trigger.compared.filter(({ differences }) => differences.length > 0);
  const equalButHeld = trigger.compared.filter(({ differences, held }) => differences.length === 0 && held);
  return [
    ...cut(differ.map((item) => differLine(item, paint)), verbose),
    ...cut(trigger.onlyHere.map((item) => itemLine("+ only here", "cyan", item, paint)), verbose),
    ...cut(trigger.foreign.map((item) => itemLine("! foreign", "red", item, paint)), verbose),
    ...cut(trigger.unseen.map((item) => itemLine("? not seen", "magenta", item, paint)), verbose),
    ...cut(
      equalButHeld.map(({ change, held }) => itemLine("! held", "magenta", { ...change, held }, paint)),
      verbose,
    ),
  ];
}

function differLine({ change, differences, held }: Compared, paint: Paint): string {
  const lines = differences.map(({ path, here, there }) => {
    const hashes = here === undefined && there === undefined
      ? ""
      : `: ${here ?? "nothing"} here, ${there ?? "nothing"} there`;
    return `                ${path}${hashes}`;
  });
  return [itemLine("~ differs", "yellow", { ...change, held }, paint), ...lines].join("\n");
}

function itemLine(
  mark: string,
  style: Parameters<Paint>[0],
  { target, origin, held }: OnlyHere,
  paint: Paint,
): string {
  const line = `  ${paint(style, mark.padEnd(12))}  ${formatRef(target)}  ${paint("dim", `for ${matchText(origin)}`)}`;
  return held === undefined ? line : `${line}\n                ${paint("magenta", held.gate)}: ${held.reason}`;
}

function onlyThereLine(item: OnlyThere, paint: Paint): string {
  return `  ${paint("cyan", "- only there")}  ${formatRef(item.target)}  ${paint("dim", `of ${formatOwner(item)}`)}`;
}

function leftBehindLine(target: ObjectRef, paint: Paint): string {
  return `  ${paint("red", "? left      ")}  ${formatRef(target)}  ${
    paint("dim", "Sveltos has let go of it, and nothing here would write it: delete it, unless it is wanted")
  }`;
}

function matchText(origin: Origin): string {
  return origin.match ? formatRef(origin.match) : "all matches";
}

function cut(rows: readonly string[], verbose: boolean): string[] {
  if (verbose || rows.length <= MAX_ROWS) return [...rows];
  return [...rows.slice(0, MAX_ROWS), `  … ${rows.length - MAX_ROWS} more (--verbose)`];
}

function number(count: number): string {
  return count.toLocaleString("en-US");
}

const STYLES: Readonly<Record<Verdict, Parameters<Paint>[0]>> = {
  works: "green",
  differs: "yellow",
  refused: "red",
  unknown: "magenta",
};

function usedByText(triggers: readonly string[]): string {
  return triggers.length === 0 ? "used by no EventTrigger" : `used by ${triggers.join(", ")}`;
}

function compatibilityLines(
  { name, verdict, reasons, differences, notes }: Compatibility,
  remark: string,
  paint: Paint,
  verbose: boolean,
): string[] {
  const indent = " ".repeat(11);
  const fields = [...new Set(differences.map(({ field }) => field.replace(/\[\d+\]/g, "[]")))];
  const intended = verbose
    ? differences.map(({ field, message }) => `${indent}${paint("dim", `differs by design: ${field}: ${message}`)}`)
    : fields.length > 0
    ? [`${indent}${paint("dim", `differs by design: ${fields.join(", ")}`)}`]
    : [];
  return [
    `  ${paint(STYLES[verdict], verdict.padEnd(7))}  ${name}${remark === "" ? "" : `  ${paint("dim", remark)}`}`,
    ...reasons.flatMap((reason) => reason.split("\n")).map((line) => `${indent}${line}`),
    ...intended,
    ...(verbose ? notes.map((note) => `${indent}${paint("cyan", "note")}  ${note}`) : []),
  ];
}

/** The same for machines: what `plan --against sveltos -o json|yaml` prints. Equal ones are only counted. */
export function againstDocument(result: AgainstResult): JsonObject {
  const { comparison: { triggers, onlyThere, leftBehind, ofOtherProfiles }, reconciliations, unknown } = result;
  const all = <T>(pick: (trigger: TriggerComparison) => readonly T[], make: (item: T) => JsonObject) =>
    triggers.flatMap((trigger) => pick(trigger).map((item) => ({ trigger: trigger.trigger, ...make(item) })));
  const errors = errorDocuments(reconciliations);
  return {
    counts: { triggers: triggers.length, ...againstCounts(result.comparison), ofOtherProfiles, errors: errors.length },
    triggers: triggers.map((trigger) => ({ name: trigger.trigger, ...triggerCounts(trigger) })),
    differ: all(({ compared }) => compared.filter(({ differences }) => differences.length > 0), comparedDocument),
    held: all(
      ({ compared }) => compared.filter(({ differences, held }) => differences.length === 0 && held),
      comparedDocument,
    ),
    onlyHere: all(({ onlyHere }) => onlyHere, onlyHereDocument),
    onlyThere: onlyThere.map(({ target, owner, trigger }) => ({
      object: refDocument(target),
      owner: { ...owner },
      ...(trigger === undefined ? {} : { trigger }),
    })),
    leftBehind: leftBehind.map(refDocument),
    foreign: all(({ foreign }) => foreign, onlyHereDocument),
    unseen: all(({ unseen }) => unseen, onlyHereDocument),
    eventSources: result.sources.map((source) => ({ ...compatibilityDocument(source), usedBy: [...source.usedBy] })),
    eventTriggers: result.triggers.map(compatibilityDocument),
    errors,
    notes: reconciliations.flatMap(({ plan }) => plan.notes.map((note) => ({ trigger: plan.trigger, ...note }))),
    unknown: [...unknown],
  };
}

function comparedDocument({ change, owner, differences, held }: Compared): JsonObject {
  return {
    object: refDocument(change.target),
    origin: originDocument(change.origin),
    ...(owner ? { owner: { ...owner } } : {}),
    differences: differences.map((difference) => ({ ...difference })),
    ...(held ? { held: { ...held } } : {}),
  };
}

function onlyHereDocument({ target, origin, held }: OnlyHere): JsonObject {
  return { object: refDocument(target), origin: originDocument(origin), ...(held ? { held: { ...held } } : {}) };
}

function compatibilityDocument({ name, verdict, reasons, differences, notes }: Compatibility): JsonObject {
  return {
    name,
    verdict,
    reasons: [...reasons],
    differences: differences.map(({ field, message }) => ({ field, message })),
    notes: [...notes],
  };
}

/** What `adopt` is about to do, and what it leaves alone and why. */
export function takeoverTable(
  { trigger, ours }: TriggerComparison,
  { changes, left }: Takeover,
  paint: Paint,
  verbose: boolean,
): string {
  const rows = left.map(({ target, reason, relax }) =>
    [
      `  ${paint("magenta", "! left")}    ${formatRef(target as ObjectRef)}  ${reason}`,
      `            ${paint("dim", "to let it pass:")} ${relax}`,
    ].join("\n")
  );
  return block([
    `${paint("bold", `EventTrigger ${trigger}`)}: ${number(changes.length)} to adopt, ${
      number(left.length)
    } left alone${ours > 0 ? `, ${number(ours)} ours already` : ""}`,
    ...cut(changeTable(changes, paint), verbose),
    ...cut(rows, verbose),
  ]);
}
