package main

import (
	"fmt"
	"maps"
	"slices"
	"text/template"

	"github.com/Masterminds/sprig/v3"

	"moonferry/tests/template/functions/oracle/sveltos"
)

// goBuiltins are the functions that text/template has of itself; it keeps their table to itself, so names checks the list.
var goBuiltins = []string{
	"and", "call", "eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "not", "or", "print", "printf", "println",
	"slice", "urlquery",
}

// names is the JSON of the names of all functions, by where they come from. Some of Sveltos's hide one of sprig's.
func names() string {
	for _, name := range goBuiltins {
		_, err := template.New("").Parse("{{ " + name + " }}")
		check(err)
	}
	sprigs := slices.Sorted(maps.Keys(sprig.FuncMap()))
	return fmt.Sprintf("{\n  \"go\": %s,\n  \"sprig\": %s,\n  \"sveltos\": %s\n}", encode(goBuiltins), encode(sprigs), encode(sveltos.Names()))
}
