package main

import (
	"math"
	"math/rand"

	lua "github.com/yuin/gopher-lua"
)

var writtenSeconds = []float64{
	0, 1, -1, 59, 60, 3599, 3600, 43199, 43200, 46799, 46800, 86399, 86400, -86400, -86401, 951782399, 951782400, 951868800, 1e9, 1234567890, 1709164800, 1735689599, 1735689600,
	2147483647, 2147483648, 4102444800, 253402300799, 253402300800, 3e11, 1e12, 1e13, 1e14, -62135596800, -62135596801, -62167219200, -62167219201, -6e10, -1e11, -4e11, -1e12, -1e13, 1e15,
	-1e15, 1e16, -1e16, 1e17, -1e17, 67767976233532799, 67768036191676799, 1e18, -1e18, 9.2e18, -9.2e18, 9223371966579724799, -9223372036854775808, 9223372036854774784, 9.3e18,
	math.NaN(), math.Inf(1), 0.5, -0.5, 1.9, -1.9, 1e300,
}

const dateLetters = "aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ 1%"

var writtenDateFormats = []string{
	"", "x", "%", "%%", "%%%", "%%%%", "a%", "%d%", "%Y-%m-%dT%H:%M:%SZ", "%Y%m%d", "%%Y", "%%%Y", "%Y%%", "%-d", "%5d", "%E%d", "%é", "%\x00", "\xff%Y\x80", "100%", "% d", "%d %", "%q%w", "%%d%d",
	"%w%w", "a%%b", "%F %X", "%c", "%x %X %p", "Mon Jan 2006", "2006-01-02", "%Y\n%m", "%%%%%d", "%q%", "%q%%", "%5%", "%5%%", "%5%d",
}

func dateRows(state *lua.LState, random *rand.Rand) []row {
	rows := []row{}
	date, timeOf := library(state, "os", "date"), library(state, "os", "time")

	format := func(seconds float64, format string) {
		results, err := call(state, date, lua.LString(format), lua.LNumber(seconds))
		check(err)
		rows = append(rows, row{"seconds": number(seconds), "format": byteText(format), "text": byteText(string(results[0].(lua.LString)))})
	}
	parts := func(seconds float64) {
		results, err := call(state, date, lua.LString("*t"), lua.LNumber(seconds))
		check(err)
		values := []string{}
		for _, name := range []string{"year", "month", "day", "hour", "min", "sec", "wday"} {
			values = append(values, number(float64(state.GetField(results[0], name).(lua.LNumber))))
		}
		rows = append(rows, row{"seconds": number(seconds), "parts": values})
	}
	ofParts := func(values ...float64) {
		table := state.NewTable()
		texts := []string{}
		for i, name := range []string{"year", "month", "day", "hour", "min", "sec"} {
			table.RawSetString(name, lua.LNumber(values[i]))
			texts = append(texts, number(values[i]))
		}
		results, err := call(state, timeOf, table)
		check(err)
		rows = append(rows, row{"of": texts, "time": number(float64(results[0].(lua.LNumber)))})
	}

	for _, letter := range dateLetters {
		for _, seconds := range []float64{0, 1234567890, 1735689599, -62135596801} {
			format(seconds, "%"+string(letter))
		}
	}
	for _, one := range writtenDateFormats {
		format(1709251205, one)
	}
	for _, seconds := range writtenSeconds {
		parts(seconds)
		format(seconds, "%c|%F|%y|%Y|%I %p|%w %A|%x|%X")
	}
	for range 100 {
		seconds := float64(random.Int63()>>random.Intn(63)) * (1 - 2*float64(random.Intn(2)))
		parts(seconds)
		format(seconds, "%c %F %y")
		format(float64(random.Intn(4e9)), randomBytes(random, "%%%%aAbcdFHImMpPSxXyYzZwQ ", random.Intn(9)))
	}

	ofParts(1970, 1, 1, 0, 0, 0)
	ofParts(2024, 2, 29, 12, 0, 0)
	ofParts(2024, 14, -3, 25, 61, 61)
	ofParts(2023, 2, 29, 0, 0, -1)
	ofParts(-1, -1, -1, 12, 0, 0)
	ofParts(0, 0, 0, 0, 0, 0)
	ofParts(1, 1, 1, 0, 0, 0)
	ofParts(1e300, 1, 1, 0, 0, 0)
	ofParts(math.NaN(), 1, 1, 0, 0, 0)
	ofParts(2000.9, 1.9, 1.9, 1.9, 1.9, 1.9)
	ofParts(2000, -0.5, 1, 0, 0, 0)
	for _, huge := range []float64{1e6, -1e6, 1e9, -1e9, 1e12, -1e12, 292277026596, 292277026597, -292277022399, 1e15, -1e15, 1e17, -1e17, 1e18, -1e18, 9e18, -9e18, 9223372036854774784, -9223372036854775808, 1e19} {
		for i := range 6 {
			values := []float64{2000, 1, 1, 0, 0, 0}
			values[i] = huge
			ofParts(values...)
		}
	}
	for range 150 {
		values := make([]float64, 6)
		for i, bound := range []int{4000, 30, 80, 60, 150, 150} {
			values[i] = float64(random.Intn(bound) - bound/4)
		}
		ofParts(values...)
	}
	for range 100 {
		values := []float64{2000, 1, 1, 0, 0, 0}
		for range 1 + random.Intn(3) {
			values[random.Intn(6)] = float64(random.Int63()>>random.Intn(63)) * (1 - 2*float64(random.Intn(2)))
		}
		ofParts(values...)
	}
	return rows
}
