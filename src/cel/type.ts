/** Static types of expressions, and what the checker knows of them: what may stand for what, found by unification. */

/** `error` is the type of what failed already; `param` stands for a type that is not known yet. */
export type Type =
  | { readonly kind: SimpleKind }
  | { readonly kind: "list"; readonly element: Type }
  | { readonly kind: "map"; readonly key: Type; readonly value: Type }
  | { readonly kind: "type"; readonly of?: Type }
  | { readonly kind: "param"; readonly name: string };

type SimpleKind =
  | "dyn"
  | "null"
  | "bool"
  | "int"
  | "uint"
  | "double"
  | "string"
  | "bytes"
  | "timestamp"
  | "duration";

export const DYN: Type = { kind: "dyn" };
export const NULL: Type = { kind: "null" };
export const BOOL: Type = { kind: "bool" };
export const INT: Type = { kind: "int" };
export const UINT: Type = { kind: "uint" };
export const DOUBLE: Type = { kind: "double" };
export const STRING: Type = { kind: "string" };
export const BYTES: Type = { kind: "bytes" };
export const TIMESTAMP: Type = { kind: "timestamp" };
export const DURATION: Type = { kind: "duration" };

export function listOf(element: Type): Type {
  return { kind: "list", element };
}

export function mapOf(key: Type, value: Type): Type {
  return { kind: "map", key, value };
}

export function typeOf(of: Type): Type {
  return { kind: "type", of };
}

export function param(name: string): Type {
  return { kind: "param", name };
}

/** The type as messages name it. */
export function formatType(type: Type): string {
  switch (type.kind) {
    case "list":
      return `list(${formatType(type.element)})`;
    case "map":
      return `map(${formatType(type.key)}, ${formatType(type.value)})`;
    case "type":
      return type.of ? `type(${formatType(type.of)})` : "type";
    case "param":
      return type.name;
  }
  return type.kind;
}

/** The types that a type is made of. */
function partsOf(type: Type): readonly Type[] {
  switch (type.kind) {
    case "list":
      return [type.element];
    case "map":
      return [type.key, type.value];
    case "type":
      return type.of ? [type.of] : [];
  }
  return [];
}

export function isSameType(a: Type, b: Type): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === "param") return a.name === (b as typeof a).name;
  const parts = partsOf(a), others = partsOf(b);
  return parts.length === others.length && parts.every((part, index) => isSameType(part, others[index]!));
}

/** Types that one check may look at: types can grow exponentially with the length of a rule. */
const MAX_STEPS = 1_000_000;

/** A rule whose types are too large to check. */
export class TypesTooLarge extends Error {
  override name = "TypesTooLarge";
  constructor() {
    super(`the rule's types take more than ${MAX_STEPS} steps to check`);
  }
}

/**
 * What type parameters turned out to stand for. Asking whether a type fits binds parameters as a side effect, and what is
 * bound once decides later questions: cel-go's rules, on which the overload of a call can depend.
 */
export class Bindings {
  readonly #bound = new Map<string, Type>();
  /** Bindings that were replaced, to take back a question that was answered with no. */
  #undo: { name: string; before: Type | undefined }[] = [];
  #steps = 0;

  /** Whether every type fits the parameter at its place; if not, nothing is bound. @throws {TypesTooLarge} */
  fitAll(types: readonly Type[], wanted: readonly Type[]): boolean {
    this.#undo = [];
    if (types.length === wanted.length && types.every((type, index) => this.#fits(type, wanted[index]!))) return true;
    for (const { name, before } of this.#undo.reverse()) {
      if (before) this.#bound.set(name, before);
      else this.#bound.delete(name);
    }
    return false;
  }

  /** Whether a value of type `type` may stand where `wanted` is wanted. @throws {TypesTooLarge} */
  fit(type: Type, wanted: Type): boolean {
    return this.fitAll([type], [wanted]);
  }

  /** The type with what is known put in; parameters that stand for nothing yet stay, or become dyn. */
  resolve(type: Type, isFinal = false): Type {
    this.#spend();
    switch (type.kind) {
      case "list":
        return listOf(this.resolve(type.element, isFinal));
      case "map":
        return mapOf(this.resolve(type.key, isFinal), this.resolve(type.value, isFinal));
      case "type":
        return type.of ? typeOf(this.resolve(type.of, isFinal)) : type;
      case "param": {
        const bound = this.#bound.get(type.name);
        if (bound) return this.resolve(bound, isFinal);
        return isFinal ? DYN : type;
      }
    }
    return type;
  }

  /** What kind of type it is, as far as is known. */
  kindOf(type: Type): Type["kind"] {
    let known = type;
    while (known.kind === "param") {
      const bound = this.#bound.get(known.name);
      if (!bound) break;
      this.#spend();
      known = bound;
    }
    return known.kind;
  }

  #spend(): void {
    if (++this.#steps > MAX_STEPS) throw new TypesTooLarge();
  }

  #bind(name: string, type: Type): void {
    this.#undo.push({ name, before: this.#bound.get(name) });
    this.#bound.set(name, type);
  }

  #fits(type: Type, wanted: Type): boolean {
    this.#spend();
    if (wanted.kind === "param") {
      const answer = this.#fitsParam(type, wanted);
      if (answer !== "unknown") return answer;
    }
    if (type.kind === "param") return this.#fitsParam(wanted, type) === true;
    if (type.kind === "dyn" || wanted.kind === "dyn") return true;
    if (type.kind === "null") return isNullable(wanted);
    if (wanted.kind === "null") return isNullable(type);
    if (type.kind !== wanted.kind) return false;
    if (type.kind === "type") return true;
    const parts = partsOf(wanted);
    return partsOf(type).every((part, index) => this.#fits(part, parts[index]!));
  }

  /** Whether the parameter may stand for the type; unknown where it stands for nothing and the type contains it. */
  #fitsParam(type: Type, parameter: Type & { kind: "param" }): boolean | "unknown" {
    if (isSameType(type, parameter)) return true;
    const bound = this.#bound.get(parameter.name);
    if (!bound) {
      if (this.#contains(type, parameter)) return "unknown";
      this.#bind(parameter.name, type);
      return true;
    }
    if (isSameType(type, bound)) return true;
    if (!this.#fits(type, bound)) return false;
    const general = moreGeneral(type, bound);
    if (!this.#contains(general, parameter)) this.#bind(parameter.name, general);
    return true;
  }

  #contains(type: Type, parameter: Type & { kind: "param" }): boolean {
    this.#spend();
    if (isSameType(type, parameter)) return true;
    if (type.kind === "param") {
      const bound = this.#bound.get(type.name);
      return bound !== undefined && this.#contains(bound, parameter);
    }
    return partsOf(type).some((part) => this.#contains(part, parameter));
  }
}

/** null fits what messages are made of, which in CEL includes timestamps and durations. */
function isNullable(type: Type): boolean {
  return type.kind === "null" || type.kind === "timestamp" || type.kind === "duration";
}

/** The more general of two types that fit each other. */
export function moreGeneral(a: Type, b: Type): Type {
  return isAtLeastAsGeneral(a, b) ? a : b;
}

function isAtLeastAsGeneral(a: Type, b: Type): boolean {
  if (a.kind === "dyn" || a.kind === "param") return true;
  if (b.kind === "dyn" || b.kind === "param" || a.kind !== b.kind) return false;
  if (a.kind === "type") return true;
  const others = partsOf(b);
  return partsOf(a).every((part, index) => isAtLeastAsGeneral(part, others[index]!));
}
