/**
 * Rewrites a WebAssembly module so that it can be stopped: a counter goes down at every loop iteration and function entry,
 * and at zero the module calls an import that it already has, where the host may refuel it or throw. Nothing inside the
 * module can catch that, which is what makes it a limit.
 */

/** The import that the counter calls; wasmoon's build never needs its answer for anything else. */
export const TICK_IMPORT = "_emscripten_get_now_is_monotonic";
/** The exported mutable i32 global that holds the counter. */
export const FUEL_EXPORT = "__fuel";

const SECTION = { import: 2, global: 6, export: 7, code: 10 } as const;
const OP = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  call: 0x10,
  callIndirect: 0x11,
  selectTyped: 0x1c,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i64Const: 0x42,
  f32Const: 0x43,
  f64Const: 0x44,
  refNull: 0xd0,
  refFunc: 0xd2,
  prefixed: 0xfc,
} as const;

/** A module that this rewriter does not understand. */
export class FuelError extends Error {
  override name = "FuelError";
}

interface Section {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** Reads LEB128 numbers and bytes one after the other. */
class Reader {
  constructor(readonly bytes: Uint8Array, public at: number) {}

  byte(): number {
    return this.bytes[this.at++]!;
  }

  number(): number {
    let value = 0, shift = 0, byte: number;
    do {
      byte = this.byte();
      value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte & 0x80);
    return value >>> 0;
  }

  skipNumber(): void {
    while (this.byte() & 0x80);
  }

  text(): string {
    const length = this.number();
    this.at += length;
    return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at));
  }

  skipLimits(): void {
    const flags = this.byte();
    this.skipNumber();
    if (flags & 1) this.skipNumber();
  }
}

function leb(value: number): number[] {
  const bytes: number[] = [];
  do {
    let byte = value & 0x7f;
    value >>>= 7;
    if (value) byte |= 0x80;
    bytes.push(byte);
  } while (value);
  return bytes;
}

function join(parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

function sectionsOf(module: Uint8Array): Section[] {
  const reader = new Reader(module, 8);
  const sections: Section[] = [];
  while (reader.at < module.length) {
    const id = reader.byte();
    const length = reader.number();
    sections.push({ id, start: reader.at, end: reader.at + length });
    reader.at += length;
  }
  return sections;
}

/** How many globals there are before ours, and the index of the tick function. */
function surveyImports(module: Uint8Array, sections: readonly Section[]): { globals: number; tick: number } {
  let globals = 0, functions = 0, tick = -1;
  for (const { id, start } of sections) {
    const reader = new Reader(module, start);
    if (id === SECTION.global) globals += reader.number();
    if (id !== SECTION.import) continue;
    for (let count = reader.number(); count > 0; count--) {
      reader.text();
      const name = reader.text();
      const kind = reader.byte();
      if (kind === 0) {
        reader.skipNumber();
        if (name === TICK_IMPORT) tick = functions;
        functions++;
      } else if (kind === 1) {
        reader.byte();
        reader.skipLimits();
      } else if (kind === 2) {
        reader.skipLimits();
      } else if (kind === 3) {
        reader.at += 2;
        globals++;
      } else throw new FuelError(`unknown kind of import ${kind}`);
    }
  }
  if (tick < 0) throw new FuelError(`the module does not import ${TICK_IMPORT}`);
  return { globals, tick };
}

/** `fuel -= 1; if (fuel == 0) drop(tick())`. */
function meter(global: number, tick: number): Uint8Array {
  const index = leb(global);
  const getFuel = [0x23, ...index], setFuel = [0x24, ...index];
  const decrement = [...getFuel, OP.i32Const, 1, 0x6b, ...setFuel];
  const callTick = [...getFuel, 0x45, OP.if, 0x40, OP.call, ...leb(tick), 0x1a, 0x0b];
  return new Uint8Array([...decrement, ...callTick]);
}

/** Steps over the operands of an instruction. @throws {FuelError} for one that the pinned module doesn't have. */
function skipOperands(reader: Reader, opcode: number): void {
  switch (opcode) {
    case OP.block:
    case OP.loop:
    case OP.if:
    case OP.br:
    case OP.brIf:
    case OP.call:
    case OP.refNull:
    case OP.refFunc:
    case OP.i32Const:
    case OP.i64Const:
    case OP.memorySize:
    case OP.memoryGrow:
      return reader.skipNumber();
    case OP.brTable:
      for (let targets = reader.number() + 1; targets > 0; targets--) reader.skipNumber();
      return;
    case OP.callIndirect:
      reader.skipNumber();
      return reader.skipNumber();
    case OP.selectTyped:
      for (let types = reader.number(); types > 0; types--) reader.byte();
      return;
    case OP.f32Const:
      reader.at += 4;
      return;
    case OP.f64Const:
      reader.at += 8;
      return;
    case OP.prefixed:
      return skipPrefixed(reader);
  }
  const isVariable = opcode >= 0x20 && opcode <= 0x26;
  const isMemory = opcode >= 0x28 && opcode <= 0x3e;
  if (isVariable) reader.skipNumber();
  else if (isMemory) {
    reader.skipNumber();
    reader.skipNumber();
  } else if (opcode > 0xc4) throw new FuelError(`instruction 0x${opcode.toString(16)} is not known`);
}

function skipPrefixed(reader: Reader): void {
  const opcode = reader.number();
  if (opcode < 8) return;
  const operands = new Map([[8, 2], [9, 1], [10, 2], [11, 1], [12, 2], [13, 1], [14, 2], [15, 1], [16, 1], [17, 1]]);
  const count = operands.get(opcode);
  if (count === undefined) throw new FuelError(`instruction 0xfc ${opcode} is not known`);
  for (let i = 0; i < count; i++) reader.skipNumber();
}

/** The body of a function with the meter at its entry and at the head of each loop. */
function meterBody(module: Uint8Array, start: number, end: number, snippet: Uint8Array): Uint8Array {
  const reader = new Reader(module, start);
  const parts: Uint8Array[] = [];
  let copied = start;
  const insert = () => {
    parts.push(module.subarray(copied, reader.at), snippet);
    copied = reader.at;
  };
  for (let groups = reader.number(); groups > 0; groups--) {
    reader.skipNumber();
    reader.byte();
  }
  insert();
  while (reader.at < end) {
    const opcode = reader.byte();
    skipOperands(reader, opcode);
    if (opcode === OP.loop) insert();
  }
  parts.push(module.subarray(copied, end));
  return join(parts);
}

/**
 * The module with a fuel counter.
 *
 * @throws {FuelError} where the module has an instruction or import that this rewriter does not know.
 */
export function addFuel(module: Uint8Array): Uint8Array {
  const sections = sectionsOf(module);
  const { globals, tick } = surveyImports(module, sections);
  const snippet = meter(globals, tick);
  const result: (Uint8Array | number[])[] = [module.subarray(0, 8)];
  const emit = (id: number, content: Uint8Array) => result.push([id, ...leb(content.length)], content);
  for (const { id, start, end } of sections) {
    const reader = new Reader(module, start);
    if (id === SECTION.global) {
      const count = reader.number();
      const i32Mutable = [0x7f, 1, OP.i32Const, 0, 0x0b];
      emit(id, join([leb(count + 1), module.subarray(reader.at, end), i32Mutable]));
    } else if (id === SECTION.export) {
      const count = reader.number();
      const name = new TextEncoder().encode(FUEL_EXPORT);
      emit(id, join([leb(count + 1), module.subarray(reader.at, end), [name.length], name, [3, ...leb(globals)]]));
    } else if (id === SECTION.code) {
      const bodies: (Uint8Array | number[])[] = [];
      const count = reader.number();
      bodies.push(leb(count));
      for (let i = 0; i < count; i++) {
        const length = reader.number();
        const body = meterBody(module, reader.at, reader.at + length, snippet);
        bodies.push(leb(body.length), body);
        reader.at += length;
      }
      emit(id, join(bodies));
    } else emit(id, module.subarray(start, end));
  }
  return join(result);
}
