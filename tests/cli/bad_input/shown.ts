/** The rows that other tests show: the file, and the whole name of a test or of a step in it. */
export const SHOWN_ELSEWHERE: Readonly<Record<number, readonly (readonly [file: string, name: string])[]>> = {
  4: [["tests/cluster/bad_input_test.ts", "bad input 4: a kind without a definition"]],
  5: [
    ["tests/cluster/bad_input_test.ts", "bad input 5: a version that is not served any more"],
    ["tests/manifests/folder_test.ts", "versions: a folder can't convert, and says so instead of looking empty"],
  ],
  16: [
    ["tests/cli/bad_input_test.ts", "bad input: CEL that takes more than it may"],
    ["tests/cel/mod_test.ts", "limit: loops in loops over the object"],
  ],
  20: [["tests/reconcile/limits_test.ts", "more than the limit freezes the trigger: size of the inputs"]],
  21: [["tests/cli/bad_input_test.ts", "bad input: Lua syntax error"]],
  24: [["tests/reconcile/reconcile_test.ts", "mass change: a script that has nothing to give any more"]],
  27: [["tests/sandbox/convert_test.ts", "refused on the way out: a table that contains itself"]],
  28: [
    ["tests/cli/bad_input_test.ts", "bad input: Lua endless loop"],
    ["tests/sandbox/hostile_test.ts", "a limit stops: loop in pcall, again and again"],
    ["tests/sandbox/hostile_test.ts", "a limit stops: pattern bomb in match"],
  ],
  30: [
    ["tests/sandbox/hostile_test.ts", "refused: io.open"],
    ["tests/sandbox/hostile_test.ts", "refused: require of a file"],
  ],
  32: [["tests/sandbox/convert_test.ts", "returned: bytes that are no UTF-8, one for one"]],
  34: [["tests/sandbox/hostile_test.ts", "keys of JavaScript's own are ordinary keys"]],
  35: [["tests/sandbox/convert_test.ts", "there and back: a null in a map is no key"]],
  36: [["tests/sandbox/hostile_test.ts", "the host's value is never written to"]],
  37: [
    ["tests/cli/bad_input_test.ts", "bad input: Lua that raises a Secret"],
    ["tests/sandbox/hostile_test.ts", "print is kept up to its limit, and the rest is counted"],
  ],
  39: [[
    "tests/cluster/rbac_test.ts",
    "a template that may not be read: its trigger is frozen, and nothing is withdrawn",
  ]],
  41: [["tests/cli/bad_input_test.ts", "bad input: template that is none"]],
  44: [["tests/cli/template_errors_test.ts", "template errors: templates too deep"]],
  53: [["tests/cli/bad_input/table_test.ts", "bad input 53: a Cluster whose ClusterProfile name is empty"]],
  56: [["tests/reconcile/place_test.ts", "refused: an object of another kind that is too much"]],
  57: [["tests/yaml/read_test.ts", "aliases that unfold to very much are an error"]],
  60: [[
    "tests/reconcile/reconcile_test.ts",
    "a collision: none without an incumbent; the incumbent keeps being rotated",
  ]],
  61: [["tests/reconcile/reconcile_test.ts", "a foreign object at a target is neither written nor deleted"]],
  62: [["tests/cli/bad_input/table_test.ts", "bad input 62: two EventTriggers that want one object"]],
  66: [["tests/cluster/crds_test.ts", "CRDs and credentials on a real API server"]],
  68: [[
    "tests/reconcile/reconcile_test.ts",
    "a trigger that selects the cluster no more is a mass change, not consent",
  ]],
  69: [
    ["tests/cli/bad_input_test.ts", "bad input: no such kubeconfig"],
    ["tests/cli/bad_input_test.ts", "bad input: an empty kubeconfig"],
    ["tests/cli/bad_input_test.ts", "bad input: a folder in the place of a kubeconfig"],
    ["tests/cli/bad_input_test.ts", "bad input: kubeconfig without current context"],
    ["tests/cli/bad_input_test.ts", "bad input: kubeconfig without the user that its context names"],
  ],
  70: [["tests/cli/bad_input_test.ts", "bad input: a kubeconfig with an exec plugin"]],
  71: [
    ["tests/cli/bad_input_test.ts", "bad input: a kubeconfig that does not check TLS"],
    ["tests/cli/bad_input_test.ts", "bad input: a kubeconfig with a server without TLS"],
  ],
  72: [
    ["tests/cli/bad_input_test.ts", "bad input: a damaged CA"],
    ["tests/cli/bad_input_test.ts", "bad input: a damaged client certificate"],
    ["tests/cli/bad_input_test.ts", "bad input: a token that the API server rejects"],
    ["tests/kube/auth_test.ts", "401: the token file is read again once, and the call succeeds with the new token"],
  ],
  73: [
    ["tests/cli/bad_input_test.ts", "bad input: a kubeconfig that Deno may not read"],
    ["tests/cli/bad_input_test.ts", "bad input: a CA file that Deno may not read"],
  ],
  74: [["tests/cli/bad_input_test.ts", "bad input: unknown flag"]],
  75: [
    ["tests/cli/bad_input_test.ts", "bad input: in no cluster and without a kubeconfig"],
    ["tests/cli/bad_input_test.ts", "bad input: in a cluster without a token"],
  ],
  76: [
    ["tests/kube/lease_test.ts", "a Lease that may not be read says which rule of which Role is missing"],
    ["tests/cluster/rbac_test.ts", "without a right to its Lease, run ends with the rule that is missing"],
  ],
  78: [
    ["tests/cli/bad_input_test.ts", "bad input: a link that leads out of the folder"],
    ["tests/cli/bad_input_test.ts", "bad input: a file of more than 10 MiB"],
    ["tests/cli/bad_input_test.ts", "bad input: a file that is not text"],
  ],
  79: [["tests/cli/bad_input_test.ts", "bad input: the same object in two files"]],
  80: [
    ["tests/cli/bad_input_test.ts", "bad input: a line of shell left in"],
    ["tests/cli/bad_input_test.ts", "bad input: a whole heredoc"],
  ],
  81: [
    ["tests/manifests/folder_test.ts", "files that can't be read make everything unknown"],
    ["tests/cli/commands_test.ts", "run follows the files of a folder"],
    ["tests/cli/commands_test.ts", "run withdraws nothing while the file of its trigger is emptied"],
    ["tests/cli/commands_test.ts", "run withdraws nothing while the file of its trigger is cut after a document"],
  ],
};
