/** Manifests as people write them, to be damaged: every common kind of scalar, list, comment and anchor in its usual place. */

export const MANIFESTS: readonly string[] = [
  `apiVersion: v1
kind: ConfigMap
metadata:
  name: game-demo
  namespace: default
  labels: {app: game, tier: "backend"}
  annotations:
    # who made it
    example.com/made-by: 'ops team''s bot'   # quoted
    example.com/weight: "017"
data:
  player_initial_lives: "3"
  ui_properties_file_name: user-interface.properties
  game.properties: |
    enemy.types=aliens,monsters
    player.maximum-lives=5

      indented: yes
  user-interface.properties: |-
    color.good=purple
    allow.textmode=true
  folded: >
    one line
    that goes on

    and a second
      more indented

    end
`,
  `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: web
        image: nginx:1.25
        args: ["--port", "8080", --verbose, -v=2]
        command:
        - sh
        - -c
        - |
          set -e
          echo "hello: $HOME" # not a comment
          exec nginx -g 'daemon off;'
        ports:
        - containerPort: 80
          protocol: TCP
        env:
        - {name: DEBUG, value: "yes"}
        - name: EMPTY
          value:
        resources:
          limits: {cpu: 500m, memory: 128Mi}
          requests: {cpu: .5, memory: 1e3}
      -   name:   sidecar
          image: "busybox"
          livenessProbe:
            exec: {command: [cat, /tmp/healthy]}
            initialDelaySeconds: 5
`,
  `# a Secret and what uses it
apiVersion: v1
kind: Secret
metadata: {name: creds, namespace: "prod"}
type: Opaque
data:
  password: !!binary cGFzc3dvcmQ=
  user: YWRtaW4=
stringData:
  config: "a: 1\\nb: \\"two\\"\\n"
  mode: 0600
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: reader
rules:
- apiGroups: [""] # the core group
  resources: ["pods", "pods/log"]
  verbs: ["get", 'list', watch]
- nonResourceURLs:
    - "*"
  verbs: ["*"]
`,
  `common: &common
  cpu: 100m
  memory: 64Mi
limits: &limits
  <<: *common
  memory: 128Mi
list:
- &first {name: one, on: true}
- *first
- <<: [*common, *limits]
  extra: ~
- ? complex
  : value
- "quoted key": 1
  'another': 2
`,
  `apiVersion: lib.projectsveltos.io/v1beta1
kind: EventSource
metadata:
  name: sveltos-service
spec:
  collectResources: true
  resourceSelectors:
  - group: ""
    version: "v1"
    kind: "Service"
    labelFilters:
    - key: sveltos
      operation: Equal
      value: fv
    evaluate: |
      function evaluate()
        hs = {}
        hs.matching = false
        if obj.spec.ports ~= nil then
          for _,p in pairs(obj.spec.ports) do
            if p.port == 443 or p.port == 8443 then hs.matching = true end
          end
        end
        return hs
      end
`,
  `{
  "apiVersion": "v1",
  "kind": "List",
  "items": [
    {"kind": "Pod", "metadata": {"name": "a", "labels": {}}, "spec": {"x": [1, 2.5, -3e2, null, true]}},
    {"kind": "Pod", "metadata": {"name": "b\\u00e9\\n"}}
  ]
}
`,
];
