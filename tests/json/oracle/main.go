// The oracle makes ../cases/read_number.json: texts, written down or made at random, and what Go's strconv reads in them.
//
//	go run .
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand"
	"os"
	"strconv"
	"strings"
)

// row is a text with its base, as ParseInt, ParseUint and ParseFloat read it; what is an error is absent.
type row struct {
	Text  string `json:"text"`
	Base  int    `json:"base"`
	Int   string `json:"int,omitempty"`
	Uint  string `json:"uint,omitempty"`
	Float string `json:"float,omitempty"`
}

// More than 800 digits before the point with an exponent that takes them back are left out: some such texts come out as 0 there,
// where Go's slow way of reading keeps no account of digits beyond that.
var written = []string{
	"", " ", "0", "-0", "+0", "+", "-", "1", "+1", "-1", "--1", "007", "08", "0_8", "0o17", "0O17", "0o", "0b101", "0B1", "0b2", "0b", "0x", "0X1F", "0xg", "-0x10", "+0x10", "0x-1",
	"1_000", "1__0", "_1", "1_", "0x_1", "0x1_", "0_1", "0_", "00_1", "0b_1", "1_0.5", "1._5", "1_.5", "1.5_0", "1e1_0", "1e_10", "1_0e1", "1_e1", "0x_1p1", "0x1_p1", "0x_1.8p1", "0x1.8p1_0", "0x1.8_p1",
	"0_1.5", "0b1.1", "0o7.5", "0b_1.1", "1.", ".1", ".", "-.5", "+.5", "1..5", "1.5.2", "1e5", "1E+5", "1e-5", "1e", "1e+", "e5", ".e5", "1.e5", ".5e1", "1e5.", "1e400", "-1e400", "1e-400", "1e308",
	"1.7976931348623157e308", "1.7976931348623159e308", "1.8e308", "4.9e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "2e-324", "2.2250738585072011e-308", "0e99999999999999999999",
	"1e99999999999999999999", "1e-99999999999999999999", "inf", "Inf", "-inf", "+INF", "infinity", "-Infinity", "infinit", "infx", "nan", "NaN", "-nan", "+nan", "0x1p4", "0x1P+4", "0x1p-4", "0x.8p1", "0x1.8",
	"0x.p1", "0xp1", "0x1p", "0x1.fffffffffffff8p0", "0x1.fffffffffffff7p0", "0x1.00000000000008p0", "0x1.000000000000080001p0", "0x1.00000000000018p0", "0x1p1023", "0x1p1024", "0x1.fffffffffffff8p1023",
	"0x1.fffffffffffff7ffp1023", "0x1p-1074", "0x1p-1075", "0x1.8p-1075", "0x1.00000000000000000000000000000000000001p-1075", "0x3p-1075", "0x1.8p-1074", "0x0p9999999999", "0x1p9999999999",
	"0x1p-9999999999", "0x00000001p1", "0X1.8P1", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616",
	"0x7fffffffffffffff", "0xffffffffffffffff", "0x10000000000000000", "-0x8000000000000000", "01777777777777777777777", "02000000000000000000000", "9007199254740993", "9007199254740992.5000000000000000000001",
	"9007199254740993.0000000000000000000000000", "z", "Zz", "zzzzzzzzzzzzz", "3w5e11264sgsf", "3w5e11264sgsg", "0.1e1", "1f", "1 ", "1\n", "\x00", "１", "é", "1é", "Kelvin K", "0ſ",
	strings.Repeat("0", 90) + "1", strings.Repeat("9", 90), "0." + strings.Repeat("0", 400) + "1e401", "0." + strings.Repeat("0", 20000) + "1e20001", "1" + strings.Repeat("0", 400) + "e-400",
	"0x" + strings.Repeat("0", 40) + "1p0", "0x1" + strings.Repeat("0", 40) + "1p-160", "0x0." + strings.Repeat("0", 300) + "1p1204",
	strings.Repeat("1", 310), "0." + strings.Repeat("9", 900), "2.22507385850720138309023271733240406421921598046233183055332741688720443481391819585428315901251102056406733973103581100515243416155346010885601238537771882113077799353200233047961014744258363607192156504694250373420837525080665061665815894872049117996859163964850063590877011830487479978088775374994945158045160505091539985658247081864511353793580499211598108576605199243335211435239014879569960959128889160299264151106346631339366347758651302937176204732563178148566435087212282863764204484681140761391147706280168985324411002416144742161856716615054015428508471675290190316132277889672970737312333408698898317506783884692609277397797285865965494109136909540613646756870239867831529068098461721092462539672851562500000001",
}

func main() {
	random := rand.New(rand.NewSource(20251126))
	rows := []row{}
	seen := map[string]bool{}
	ask := func(text string, base int) {
		if key := fmt.Sprint(base, " ", text); seen[key] {
			return
		} else {
			seen[key] = true
		}
		one := row{Text: text, Base: base}
		if value, err := strconv.ParseInt(text, base, 64); err == nil {
			one.Int = strconv.FormatInt(value, 10)
		}
		if value, err := strconv.ParseUint(text, base, 64); err == nil {
			one.Uint = strconv.FormatUint(value, 10)
		}
		if value, err := strconv.ParseFloat(text, 64); err == nil {
			one.Float = strconv.FormatFloat(value, 'g', -1, 64)
		}
		rows = append(rows, one)
	}
	bases := []int{0, 2, 7, 8, 10, 16, 31, 36, 1, 37, -1}
	for _, text := range written {
		ask(text, 0)
		ask(text, 10)
		ask(text, bases[random.Intn(len(bases))])
	}
	for range 1500 {
		ask(randomText(random), bases[random.Intn(8)])
	}
	for range 1000 {
		format := "efgx"[random.Intn(4)]
		ask(strconv.FormatFloat(math.Float64frombits(random.Uint64()), format, random.Intn(30)-1, 64), 0)
	}
	// Exactly in the middle of two floats, and next to it.
	for range 200 {
		float := math.Float64frombits(random.Uint64() & (1<<62 - 1))
		middle := new(strings.Builder)
		fmt.Fprintf(middle, "0x1.%013x8%sp%d", math.Float64bits(float)&(1<<52-1), []string{"", "0", "0000000000001", strings.Repeat("0", 30) + "1"}[random.Intn(4)], random.Intn(2200)-1100)
		ask(middle.String(), 0)
	}
	write("../cases/read_number.json", rows)
}

func randomText(random *rand.Rand) string {
	const alphabet = "00112789__..eEpPabfxXoz+-"
	text := []string{"", "", "-", "+"}[random.Intn(4)] + []string{"", "", "0", "0x", "0b", "0o", "0X", "."}[random.Intn(8)]
	for range 1 + random.Intn(7) {
		text += string(alphabet[random.Intn(len(alphabet))])
	}
	return text
}

func write(path string, rows []row) {
	var text bytes.Buffer
	text.WriteString("{\n  \"about\": \"What Go's strconv reads, made by ../oracle. Never edit an answer.\",\n  \"cases\": [\n")
	for i, one := range rows {
		line := new(bytes.Buffer)
		encoder := json.NewEncoder(line)
		encoder.SetEscapeHTML(false)
		check(encoder.Encode(one))
		text.WriteString("    " + strings.TrimSpace(line.String()))
		if i < len(rows)-1 {
			text.WriteByte(',')
		}
		text.WriteByte('\n')
	}
	text.WriteString("  ]\n}\n")
	check(os.WriteFile(path, text.Bytes(), 0o644))
	fmt.Println(len(rows))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
