/**
 * What the Lua module is given of the world: memory up to a limit, a clock that stands still, and refusals. Every system
 * call answers with an error number; nothing here reaches the host.
 */

/** What the imports need to know of the instance that they serve, which exists only after them. */
export interface InstanceView {
  readonly exports: LuaExports;
  readonly memory: WebAssembly.Memory;
  readonly table: WebAssembly.Table;
  /** Called when the fuel has run out: refuels, or throws to end the evaluation. */
  onTick(): void;
  /** Called when memory beyond the limit is asked for. */
  onMemoryLimit(): void;
  /** Called when the VM gives up: out of memory, say, in a call of the host's that no error can be returned from. Throws. */
  onAbort(): never;
  readonly maxBytes: number;
}

type Native = (...args: (number | bigint)[]) => number;

/** The functions of Lua's C API that the host calls, as wasm exports them. */
export type LuaExports = Record<string, Native> & { readonly __fuel: WebAssembly.Global };

/** Thrown through the module by Lua's own error handling; emscripten's convention for longjmp. */
const LONGJMP = Infinity;

const ERRNO = { noSuchFile: 44, badFile: 8, notSupported: 52 } as const;

export function createImports(view: () => InstanceView): WebAssembly.Imports {
  const refuse = () => -ERRNO.notSupported;
  const env = {
    abort: () => view().onAbort(),
    exit: () => view().onAbort(),
    invoke_vii(index: number, a: number, b: number) {
      const { exports, table } = view();
      const stack = exports.stackSave!();
      try {
        table.get(index)!(a, b);
      } catch (error) {
        exports.stackRestore!(stack);
        // Whatever is not Lua's own jump ends the evaluation: that is how a limit gets past pcall.
        if (error !== LONGJMP) throw error;
        exports.setThrew!(1, 0);
      }
    },
    _emscripten_throw_longjmp() {
      throw LONGJMP;
    },
    // A clock that moves would seed Lua's hashes, and with them the order of `pairs`, differently each time.
    emscripten_date_now: () => 0,
    _emscripten_get_now_is_monotonic() {
      const instance = view();
      if (instance.exports.__fuel.value <= 0) instance.onTick();
      return 1;
    },
    emscripten_resize_heap(wanted: number) {
      const instance = view();
      const { memory, maxBytes } = instance;
      const bytes = wanted >>> 0, current = memory.buffer.byteLength;
      if (bytes > maxBytes) {
        instance.onMemoryLimit();
        return 0;
      }
      const target = Math.min(maxBytes, Math.max(bytes, current + Math.min(current >> 2, 64 * 1024 * 1024)));
      try {
        memory.grow(Math.max(0, Math.ceil((target - current) / 65536)));
        return 1;
      } catch {
        instance.onMemoryLimit();
        return 0;
      }
    },
    system: refuse,
    strftime: () => 0,
    __syscall_openat: () => -ERRNO.noSuchFile,
    __syscall_fcntl64: refuse,
    __syscall_ioctl: refuse,
    __syscall_dup3: refuse,
    __syscall_unlinkat: refuse,
    __syscall_rmdir: refuse,
    __syscall_renameat: refuse,
    __syscall_readlinkat: refuse,
    _tzset_js() {},
    _localtime_js() {},
    _gmtime_js() {},
    _mktime_js: () => 0n,
  };
  const wasi = {
    fd_write: () => ERRNO.badFile,
    fd_read: () => ERRNO.badFile,
    fd_close: () => ERRNO.badFile,
    fd_seek: () => ERRNO.badFile,
    environ_sizes_get(count: number, size: number) {
      const memory = new DataView(view().memory.buffer);
      memory.setUint32(count, 0, true);
      memory.setUint32(size, 0, true);
      return 0;
    },
    environ_get: () => 0,
  };
  return { env, wasi_snapshot_preview1: wasi };
}
