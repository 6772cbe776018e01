package main

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/rand"
	"regexp"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

const verbs = "vTtbcdoOqxXUeEfFgGspiawzy"

var flagTexts = []string{"", "+", "-", "#", " ", "0", "5", "-8", "08", "+08", "-08", ".2", ".0", "8.3", "-8.3", "08.3", "+.3", "# ", "#0", "+#", "# 8", "#+012.4", "-+ #09.1"}

var address = regexp.MustCompile(`0x[0-9a-f]{8,}`)

func formatRows(state *lua.LState, random *rand.Rand) []row {
	rows := []row{}
	format := library(state, "string", "format")
	table, thread := state.NewTable(), lua.LValue(nil)
	created, _ := state.NewThread()
	thread = created
	userdata := state.NewUserData()
	opaque := []lua.LValue{table, format, userdata, thread}

	ask := func(text string, args ...lua.LValue) {
		results, err := call(state, format, append([]lua.LValue{lua.LString(text)}, args...)...)
		check(err)
		want := string(results[0].(lua.LString))
		described := []any{}
		for _, arg := range args {
			described = append(described, describe(arg))
			if text := arg.String(); arg.Type() > lua.LTString {
				// An address is another one each time: here it is made of as many digits, but always the same ones.
				real := address.FindString(text)
				if len(real) != len("0xc000012345") {
					check(fmt.Errorf("the address %s has not ten digits: see main.go for the environment", real))
				}
				// Digits alone, since some flags leave the prefix out.
				want = strings.ReplaceAll(want, real[2:], masked(real)[2:])
				want = strings.ReplaceAll(want, hex.EncodeToString([]byte(real)), hex.EncodeToString([]byte(masked(real))))
				upper := func(text string) string { return strings.ToUpper(hex.EncodeToString([]byte(text))) }
				want = strings.ReplaceAll(want, upper(real), upper(masked(real)))
			}
		}
		rows = append(rows, row{"format": byteText(text), "args": described, "text": byteText(want)})
	}

	values := []lua.LValue{
		lua.LNumber(0), lua.LNumber(42), lua.LNumber(-7), lua.LNumber(3.75), lua.LNumber(1e6), lua.LNumber(1e21), lua.LString("hi"), lua.LString("12"), lua.LString(""),
		lua.LString("é\xff\"\n"), lua.LTrue, lua.LFalse, lua.LNil,
	}
	for i, verb := range verbs {
		for j, value := range values {
			if isAddress(verb, value) {
				continue
			}
			ask("%"+string(verb), value)
			// Every verb with every flag, every flag with every value, not every pair with all.
			for k, flags := range flagTexts {
				if (i+j+k)%6 == 0 {
					ask("<%"+flags+string(verb)+">", value)
				}
			}
		}
	}
	for _, value := range opaque {
		for _, verb := range "vsqxXTp" {
			ask("%"+string(verb), value)
			for _, flags := range []string{"+", "-40", "40", "#", "040", ".3", "-20.3"} {
				if verb == 'v' && flags == "#" {
					continue // Shows what lies within.
				}
				ask("<%"+flags+string(verb)+">", value)
			}
		}
	}
	numbers := append([]float64{}, writtenNumbers...)
	for _, value := range numbers {
		for _, verb := range []string{"%d", "%v", "%s", "%g", "%5.2f", "%e", "%x", "%q", "%c", "%U", "%i", "%t", "%#v", "%b", "%O", "%p"} {
			if random.Intn(3) == 0 {
				ask(verb, lua.LNumber(value))
			}
		}
	}
	for _, text := range []string{"1", " 1 ", "0x10", "1e3", "abc", "", "nan", "1_0", "-0", "08", "é", "\x80\xff", "日本", "a`b", "tab\t", "\x7f", "\u00a0", "\u200b", "😀", "\x00"} {
		for _, verb := range []string{"%d", "%5d", "%05d", "%i", "%.1d", "%q", "%+q", "%#q", "%x", "% X", "%#x", "%.2s", "%5.1s", "%-6s|", "%06s", "%v", "%#v", "%c", "%U", "%f", "%p"} {
			ask(verb, lua.LString(text))
		}
	}
	one, two, three := lua.LNumber(1), lua.LString("two"), lua.LNumber(3)
	for _, text := range writtenFormats {
		ask(text)
		ask(text, one)
		ask(text, two, one)
		ask(text, one, two, three)
		if text != "%p" {
			ask(text, lua.LNil, lua.LTrue, lua.LNumber(2.5))
		}
	}
	pool := append(append([]lua.LValue{}, values...), lua.LNumber(65), lua.LNumber(-3), lua.LNumber(5), lua.LString("ü"))
	for range 700 {
		var text strings.Builder
		args := []lua.LValue{}
		for range 1 + random.Intn(3) {
			text.WriteString(pick(random, []string{"", "a", "é", "%%", " "}))
			text.WriteString("%" + pick(random, append(flagTexts, "[1]", "[2]", "[9]", "*", ".*", "*.*", "[2]*", "[1]*.[2]*[1]", "3.")))
			text.WriteByte(verbs[random.Intn(len(verbs))])
			if value := pick(random, pool); random.Intn(8) > 0 {
				args = append(args, value)
			}
		}
		if hasAddress(text.String(), args) {
			continue
		}
		ask(text.String(), args...)
	}
	for range 400 {
		text := randomBytes(random, "%%%%%%+-# 0012.*[]dsvqxXfgTtéw!_\x80i", 1+random.Intn(9))
		args := []lua.LValue{}
		for range random.Intn(4) {
			args = append(args, pick(random, pool))
		}
		if hasAddress(text, args) {
			continue
		}
		ask(text, args...)
	}
	return rows
}

// isAddress is true where nil shows an address, which is another one in each program.
func isAddress(verb rune, value lua.LValue) bool { return verb == 'p' && value == lua.LNil }

func hasAddress(text string, args []lua.LValue) bool {
	for _, arg := range args {
		if arg == lua.LNil && (strings.Contains(text, "p") || strings.Contains(text, "#")) {
			return true
		}
	}
	return false
}

func masked(address string) string {
	return "0xc0" + strings.Repeat("12", len(address))[:len(address)-4]
}

func describe(value lua.LValue) any {
	switch value := value.(type) {
	case lua.LNumber:
		if float64(value) != math.Trunc(float64(value)) || math.Abs(float64(value)) > 1e15 || value == 0 {
			return map[string]string{"number": number(float64(value))}
		}
		return float64(value)
	case lua.LString:
		return byteText(string(value))
	case lua.LBool:
		return bool(value)
	case *lua.LNilType:
		return nil
	}
	text := value.String()
	return map[string]string{"type": value.Type().String(), "text": address.ReplaceAllStringFunc(text, masked)}
}

var writtenFormats = []string{
	"", "x", "%", "%%", "%%%", "100%", "%d", "%d%%", "%d %d", "%s %s %s %s", "%", "% ", "%5", "%.", "%.5", "%-", "%[", "%]", "%[1", "%[1]", "%[1]d", "%[2]d", "%[3]v", "%[0]d", "%[-1]d",
	"%[4]d", "%[x]d", "%[]d", "%[1]d %d", "%[2]d %d %d", "%[3]d %[1]v", "%[1][2]d", "%[1]5d", "%5[1]d", "%[1].2f", "%.[1]2f", "%.2[1]f", "%*d", "%-*d", "%*s", "%.*f", "%*.*f", "%[2]*[1]d",
	"%[1]*d", "%[9]*d", "%.[2]*[1]f", "%10000010d", "%.10000010f", "%!", "%!d", "%5!", "%z", "%5z", "%é", "%\xff", "%\xc3", "%5%", "%-5%", "%.3%", "%[1]%", "%*%", "%05%d", "%..", "%..d", "%.d",
	"%.-d", "%-.d", "%+-d", "%- d", "%00d", "%0-5d", "%-05d", "%[1][", "%[1]]", "%**", "%* *d", "%d%", "%d%%%", "%%d", "%%%d", "%%%%d", "a%db%sc%vd", "%T %T %T", "%v %+v %#v", "%p", "\xff%d\x80", "é%sé",
	"%.0f", "%3.d", "%5.f", "%t", "%t %t", "%w", "%#w", "%+w", "%d,%s,%q", "%08.3f", "%+.2e", "%x", "%X %x", "%c%c%c", "%U", "%#U", "%5t", "%-5t|", "%5v|%-5v|", "%05v", "%05s", "%05q", "%+q", "%#q", "%5c|", "%-5c|",
	"%lu", "%ld", "%hd", "%li", "%lld", "%u", "%n", "%a", "%A", "%r", "%I", "%D", "%S", "%P", "%'d", "%$d", "%1$d", "%2$s", "%(x)d", "%{x}", "%d[1]", "%\n", "%\x00d", "%,d",
}
