/** The rows that other tests show: the file, and the name of a test or of a row in its table. */
export const SHOWN_ELSEWHERE: Readonly<Record<number, readonly (readonly [file: string, name: string])[]>> = {
  4: [["tests/kube/reflector_test.ts", "reflector: a kind that is not served says which one was meant"]],
  5: [
    ["tests/kube/reflector_test.ts", "reflector: a kind that is not served says which one was meant"],
    ["tests/manifests/folder_test.ts", "versions: a folder can't convert, and says so instead of looking empty"],
  ],
  16: [
    ["tests/cli/bad_input_test.ts", "CEL that takes more than it may"],
    ["tests/cel/mod_test.ts", "loops in loops over the object"],
  ],
  20: [["tests/reconcile/limits_test.ts", "size of the inputs"]],
  21: [["tests/cli/bad_input_test.ts", "Lua syntax error"]],
  27: [["tests/sandbox/convert_test.ts", "a table that contains itself"]],
  28: [
    ["tests/cli/bad_input_test.ts", "Lua endless loop"],
    ["tests/sandbox/hostile.ts", "loop in pcall, again and again"],
    ["tests/sandbox/hostile.ts", "pattern bomb in match"],
  ],
  30: [["tests/sandbox/hostile_test.ts", "io.open"], ["tests/sandbox/hostile_test.ts", "require of a file"]],
  32: [["tests/sandbox/convert_test.ts", "bytes that are no UTF-8, one for one"]],
  34: [["tests/sandbox/hostile_test.ts", "keys of JavaScript's own are ordinary keys"]],
  35: [["tests/sandbox/convert_test.ts", "a null in a map is no key"]],
  36: [["tests/sandbox/hostile_test.ts", "the host's value is never written to"]],
  37: [
    ["tests/cli/bad_input_test.ts", "Lua that raises a Secret"],
    ["tests/sandbox/hostile_test.ts", "print is kept up to its limit, and the rest is counted"],
  ],
  39: [[
    "tests/cluster/rbac_test.ts",
    "a template that may not be read: its trigger is frozen, and nothing is withdrawn",
  ]],
  41: [["tests/cli/bad_input_test.ts", "template that is none"]],
  44: [["tests/cli/template_errors_test.ts", "templates too deep"]],
  53: [["tests/cli/bad_input/table_test.ts", "bad input 53: a Cluster whose ClusterProfile name is empty"]],
  54: [["tests/reconcile/payload_test.ts", "empty"], ["tests/reconcile/place_test.ts", "data that is nothing"]],
  55: [["tests/reconcile/payload_test.ts", "not YAML"]],
  56: [
    ["tests/reconcile/place_test.ts", "data that is too much"],
    ["tests/reconcile/place_test.ts", "texts that are too much for a ConfigMap"],
    ["tests/reconcile/place_test.ts", "an object of another kind that is too much"],
  ],
  57: [["tests/yaml/read_test.ts", "aliases that unfold to very much are an error"]],
  60: [[
    "tests/reconcile/reconcile_test.ts",
    "a collision: none without an incumbent; the incumbent keeps being rotated",
  ]],
  61: [["tests/reconcile/reconcile_test.ts", "a foreign object at a target is neither written nor deleted"]],
  62: [["tests/cli/bad_input/table_test.ts", "bad input 62: two EventTriggers that want one object"]],
  63: [["tests/reconcile/payload_test.ts", "exec"]],
  64: [["tests/reconcile/payload_test.ts", "cloud-config"]],
  66: [["tests/cluster/crds_test.ts", "CRDs and credentials on a real API server"]],
  68: [[
    "tests/reconcile/reconcile_test.ts",
    "a trigger that selects the cluster no more is a mass change, not consent",
  ]],
  69: [
    ["tests/cli/bad_input_test.ts", "no such kubeconfig"],
    ["tests/cli/bad_input_test.ts", "kubeconfig without current context"],
    ["tests/kube/config_test.ts", "unknown user"],
  ],
  70: [["tests/kube/config_test.ts", "exec plugin that is not allowed"]],
  71: [["tests/kube/config_test.ts", "TLS not checked"], ["tests/kube/config_test.ts", "http"]],
  72: [
    ["tests/kube/auth_test.ts", "damaged CA"],
    ["tests/kube/auth_test.ts", "401: the token file is read again once, and the call succeeds with the new token"],
  ],
  73: [
    ["tests/kube/config_test.ts", "kubeconfig files: one that Deno may not read says which permission it needs"],
  ],
  74: [["tests/cli/bad_input_test.ts", "unknown flag"]],
  75: [["tests/kube/config_test.ts", "in-cluster: what is missing is named"]],
  76: [
    ["tests/kube/lease_test.ts", "a Lease that may not be read says which rule of which Role is missing"],
    ["tests/cluster/rbac_test.ts", "without a right to its Lease, run ends with the rule that is missing"],
  ],
  78: [
    ["tests/manifests/folder_test.ts", "a link that leads out"],
    ["tests/manifests/folder_test.ts", "too large"],
    ["tests/manifests/folder_test.ts", "not UTF-8"],
  ],
  79: [["tests/cli/bad_input_test.ts", "the same object in two files"]],
  80: [
    ["tests/cli/bad_input_test.ts", "a line of shell left in"],
    ["tests/cli/bad_input_test.ts", "a whole heredoc"],
  ],
  81: [
    ["tests/manifests/folder_test.ts", "files that can't be read make everything unknown"],
    ["tests/cli/commands_test.ts", "run follows the files of a folder"],
    ["tests/cli/commands_test.ts", "emptied"],
    ["tests/cli/commands_test.ts", "cut after a document"],
  ],
};
