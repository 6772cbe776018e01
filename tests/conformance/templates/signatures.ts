/** The functions that random templates call, with the kinds of their arguments and results; what gives chance or time is left out. */

/**
 * The kind of an argument: a letter for a value of a type, a capital one for a text with a form of its own.
 *
 * s text · i int · I an int in any case · k small int · f float64 · n any number · b bool · m map · t time · l list · x list of texts · a anything ·
 * R regular expression · T layout of a time · D duration · V version · Y YAML · J JSON · U URL · P path · O TOML · K key ·
 * F path of fields · Z time zone · C checksum of a version · N kind of a type
 */
export interface Signature {
  readonly name: string;
  readonly parameters: readonly string[];
  /** The kind of any number of further arguments. */
  readonly rest: string | undefined;
  readonly result: string;
}

const TABLE = `
  print a*>s  println a*>s  html a*>s  js a*>s  urlquery a*>s  not a>b  len s>i  len l>i  len m>i  index mK>a  index lk>a
  index sk>i  and aa*>a  or aa*>a  eq ss>b  eq ff>b  eq iii*>b  eq sss*>b  eq bb>b  ne ss>b  ne ff>b  lt ff>b  lt ii>b
  lt ss>b  le ff>b  le ii>b  gt ff>b  gt ss>b  ge ii>b  ge ss>b
  upper s>s  lower s>s  title s>s  untitle s>s  trim s>s  trimAll ss>s  trimSuffix ss>s  trimPrefix ss>s  repeat ks>s
  substr kks>s  trunc ks>s  abbrev ks>s  abbrevboth kks>s  initials s>s  nospace s>s  swapcase s>s  snakecase s>s
  camelcase s>s  kebabcase s>s  wrap ks>s  wrapWith kss>s  contains ss>b  hasPrefix ss>b  hasSuffix ss>b  quote a*>s
  squote a*>s  cat a*>s  indent ks>s  nindent ks>s  replace sss>s  plural ssi>s  toString a>s  toStrings l>x  join sl>s
  join sx>s  split ss>a  splitList ss>x  splitn sks>a  sortAlpha l>x  sortAlpha x>x
  add nn*>q  add1 n>q  sub nn>q  mul nn*>q  div nn>q  mod nn>q  max nn*>q  min nn*>q  addf nn*>f  subf nn*>f  mulf nn*>f
  divf nn*>f  maxf nn*>f  minf nn*>f  floor n>f  ceil n>f  round nk>f  int a>i  int64 a>q  float64 a>f  atoi s>i
  toDecimal s>q  until k>l  untilStep kkk>l  seq kk>s
  list a*>l  first l>a  last l>a  rest l>l  initial l>l  append la>l  prepend la>l  concat ll*>l  reverse l>l  uniq l>l
  without la*>l  has al>b  compact l>l  slice lkk>l  chunk kl>l
  dict KaKa>m  dict Ka>m  get mK>a  set mKa>m  unset mK>m  hasKey mK>b  pluck Km*>l  pick mKK*>m  omit mKK*>m
  dig Kam>a  dig KKam>a  merge mm>m  mergeOverwrite mm>m  deepCopy a>a
  default aa>a  empty a>b  coalesce a*>a  all a*>b  any a*>b  ternary aab>a  fromJson J>m  fromJsonArray J>l
  toJson a>s  toRawJson a>s  toPrettyJson a>s  mustToJson a>s  mustFromJson J>a  toYaml a>s  fromYaml Y>m  fromYamlArray Y>l
  toToml m>s  fromToml O>m  b64enc s>s  b64dec s>s  b32enc s>s  b32dec s>s  sha1sum s>s  sha256sum s>s  sha512sum s>s
  adler32sum s>s  regexMatch Rs>b  regexFind Rs>s  regexFindAll Rsk>x  regexReplaceAll Rss>s  regexReplaceAllLiteral Rss>s
  regexSplit Rsk>x  regexQuoteMeta s>s  mustRegexMatch Rs>b  mustRegexFind Rs>s  mustRegexReplaceAll Rss>s
  kindOf a>s  kindIs Na>b  typeOf a>s  typeIs Na>b  typeIsLike Na>b  deepEqual aa>b
  base P>s  dir P>s  ext P>s  clean P>s  isAbs P>b  osBase P>s  osDir P>s  osClean P>s  osExt P>s  osIsAbs P>b
  semver V>a  semverCompare CV>b  urlParse U>m  urlJoin m>s  toDate TT>t  dateInZone TIZ>s  duration n>s  durationRound D>s
  htmlDate I>s  getField mF>a  getResource m>m  copy m>s  setField mFa>s  removeField mF>s  chainSetField mFa>m
  chainRemoveField mF>m  trimall ss>s  tuple a*>l  push la>l  mustFirst l>a  mustLast l>a  mustHas al>b  mustAppend la>l
  mustSlice lkk>l  mustUniq l>l  mustReverse l>l  mustCompact l>l  mustWithout la>l  mustRest l>l  mustInitial l>l
  mustPrepend la>l  mustPush la>l  mustMerge mm>m  mustDeepCopy a>a  mustChunk kl>l  mustRegexFindAll Rsk>x
  mustToDate TT>t  unixEpoch t>s  date Tt>s  dateModify Dt>t  htmlDate t>s  mustDateModify Dt>t  mustToPrettyJson a>s  mustToRawJson a>s  biggest nn*>q  hello >s
`;

export const SIGNATURES: readonly Signature[] = TABLE.trim().split(/\s{2,}|\n\s*/).map(signatureOf);

function signatureOf(line: string): Signature {
  const [, name, parameters, star, result] = /^(\w+) (\w*?)(\w\*)?>(\w)$/.exec(line) ?? [];
  if (name === undefined) throw new Error(`no signature: ${line}`);
  return { name, parameters: [...parameters!], rest: star?.[0], result: result! };
}

/** Texts with a form, right and wrong ones. */
export const FORMED_TEXTS: Readonly<Record<string, readonly string[]>> = {
  R: [
    "^web-",
    "[0-9]+",
    "[a-z]+",
    "(a)(b)?",
    "a|b",
    "\\\\s+",
    "(?i)WEB",
    ".*",
    "",
    "(",
    "[",
    "\\\\p{L}",
    "x{2,}",
    "^$",
    "a**",
  ],
  T: ["2006-01-02", "2006-01-02T15:04:05Z07:00", "Jan 2, 2006", "15:04", "2025-03-01", "2025-03-01T10:20:30Z", "", "x"],
  D: ["1h30m", "95s", "2h", "x", "", "0", "-5m", "1000h", "1.5h"],
  V: ["1.2.3", "v1.31.2", "1.2.3-rc.1+b5", "1", "x", "", "1.2", "01.2.3"],
  C: [">=1.2.0", "^1.2", "~1.2.3", "1.x", ">=1.0.0 <2.0.0", "x", "", ">1 || <0.5"],
  Y: ["a: 1", "a: [1, b]", "- 1\\n- x", "a:\\n  b: c", "", "x", ": :", "a: {", "a: yes\\nb: 1.50\\nc: 0x1F", "null"],
  J: [
    '{\\"a\\": 1}',
    "[1,2]",
    '{\\"a\\":[{\\"b\\":null}]}',
    "",
    "{",
    "1",
    "null",
    '\\"x\\"',
    '{\\"a\\":1e3,\\"b\\":-0}',
  ],
  O: ["a = 1", "a = 1\\n[b]\\nc = true", "a = [1, 2]", "x", "", "a = 1.5\\nd = 1979-05-27"],
  U: ["https://u:p@h:8080/p?q=1#f", "http://x", "/a/b", "", "::", "mailto:a@b"],
  P: ["/a/b/c.txt", "a/../b", "", "/", "x.tar.gz", "./a", "../..", "a//b/"],
  F: ["metadata.name", "spec.map", "spec.s0", "spec.deep.a.b", "nope", "spec.list.0", "", "a", "spec.n0", "."],
  Z: ["UTC", "Europe/Berlin", "Local", "", "nope"],
  N: [
    "string",
    "int",
    "map",
    "slice",
    "float64",
    "bool",
    "map[string]interface {}",
    "[]string",
    "ptr",
    "invalid",
    "*int",
  ],
  K: ["a", "b", "c", "app", "name", "metadata", "spec", "s0", "nope", "", "ü", "constructor", "__proto__", "10"],
};
