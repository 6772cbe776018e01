package main

import (
	"math"
	"math/rand"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

var writtenNumbers = []float64{
	0, math.Copysign(0, -1), 1, -1, 0.5, -0.5, 1.5, 0.1, 1.0 / 3, 100, 1e5, 99999, 123456, 123456.5, 1234567.5, 999999.5, 1e6, 1e15, 1e16, 1e17, 1e18, 1e19,
	1e20, 1e21, 1e22, 1e100, 1e-1, 1e-3, 1e-4, 0.00012345, 1e-5, 0.000099999, 1e-6, 1e-7, 1e-100, 1e300, math.MaxFloat64, math.SmallestNonzeroFloat64,
	math.NaN(), math.Inf(1), math.Inf(-1), 1 << 31, -(1 << 31), 1<<32 + 0.5, 1 << 53, 1<<53 - 1, 1<<53 + 2, 1 << 62, 1 << 63, -(1 << 63), 9.3e18, -9.3e18,
	9223372036854774784, -9223372036854774784, -9223372036854777856, 18446744073709551616, 3.14159265358979, 2.5e10, 1e10 + 0.25, 5e-324, 2.2250738585072014e-308,
	0.30000000000000004, 123456789012345680000, 4.35, 1.7976931348623157e308, -1e-9, 2147483647.5, 65, 0x10ffff, 0x110000, 0xd800, 10.0000001,
}

var writtenTexts = []string{
	"", " ", "0", "-0", "+0", "1", "-1", "+1", "--1", "+-1", "- 1", " 1 ", "\t1\n", "\n1", "1\r", "\r1", "\v1", "\f1", "1 2", "\u00a01", "007", "08", "09", "010", "-010",
	"0777", "0o17", "0O17", "0o18", "0o", "0b101", "0B1", "0b2", "0b", "0x", "0X", "0x1", "0X1F", "0xff", "0xFf", "0xg", "-0x10", "+0x10", "0x-1", "0x+1", "0x 1",
	"x10", "1_000", "1__000", "_1", "1_", "1_000_000", "0x_1", "0x1_", "0_1", "0__1", "0_", "0b_1", "0x_1_2", "00_1", "-1_0", "1_0.5", "1_000.5", "1._5", "1_.5", "1.5_0",
	"1e1_0", "1e_10", "1_0e1", "0x1_0p1", "0x_1p1", "0x_1.8p1", "0x1_.8p1", "1_23.50_0_0e+1_2", "-_123.5e+12", "1_e1", "0_1.5", "0_8", "0_9.", "09.5", "08e1", "010.5", "0b1.1", "0o7.5", "0b1e1",
	"1.", ".1", ".", "-.", "-.5", "+.5", "1.5", "1..5", "1.5.2", "1,5", "1e5", "1E5", "1e+5", "1e-5", "1e", "1e+", "e5", ".e5", "1.e5", ".5e1", "1e5.", "1e400", "-1e400",
	"1e-400", "1e308", "1.8e308", "1e309", "4.9e-324", "2e-324", "1e99999999999999999999", "1e-99999999999999999999", "0e99999999999999999999", "inf", "Inf", "INF", "-inf", "+Inf", "infinity", "Infinity", "-INFINITY",
	"infinit", "infx", "nan", "NaN", "NAN", "-nan", "+nan", "nanx", "nan(1)", "in", "i", "n", "0x1p4", "0x1P4", "0x1p+4", "0x1p-4", "0x.8p1", "0x1.8p1", "0x1.8", "0x.p1", "0xp1", "0x1p", "0x1p1.5",
	"-0x1p4", "0x1.fffffffffffff8p0", "0x1.fffffffffffff7p0", "0x1.00000000000008p0", "0x1.000000000000080001p0", "0x1.00000000000018p0", "0x1p1023", "0x1p1024", "0x1.fffffffffffffp1023",
	"0x1.fffffffffffff8p1023", "0x1p-1074", "0x1p-1075", "0x1.8p-1075", "0x1p-1076", "0x3p-1075", "0x1.8p-1074", "0x0p9999999999", "0x1p9999999999", "0x1p-9999999999", "0x00001p1", "0x1.p1", "0X1.8P1",
	"9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "99999999999999999999", "0x7fffffffffffffff",
	"0x8000000000000000", "0xffffffffffffffff", "-0x8000000000000000", "-0x8000000000000001", "01777777777777777777777", "0b111111111111111111111111111111111111111111111111111111111111111",
	"0b1111111111111111111111111111111111111111111111111111111111111111", strings.Repeat("0", 80) + "1", strings.Repeat("9", 80), "0." + strings.Repeat("3", 80), strings.Repeat("1", 400),
	"0.1e1", "1e1e1", "1f", "1d", "0x1f", "1L", "1u", "10abc", "abc", "z", "Z", "zz", "ff", "FF", "7f", "1010", "12", "2", "9", "a", "-z", "true", "nil", "\x00", "1\x00", "１", "٣", "½", "é", "1\xff", "0.0", "-0.0", "-.0", "+.0e5",
	"1.7976931348623157e308", "1.7976931348623159e308", "2.2250738585072011e-308", "1 .5", "1. 5", "0x 10", " 0x10 ", "0x10 ", " -0x10", "0xé",
}

var writtenBases = []float64{10, 0, 2, 3, 8, 16, 35, 36, 1, 37, -1, 64, 65, 16.9, 0.5, -0.5, 1e300, math.NaN(), math.Inf(1)}

func numberRows(state *lua.LState, random *rand.Rand) []row {
	rows := []row{}
	times := state.NewFunction(func(state *lua.LState) int { return 0 })
	compiled, err := state.LoadString("local a = ... return a * 1")
	check(err)
	times = compiled
	toNumber := state.GetGlobal("tonumber")

	value := func(value float64) {
		rows = append(rows, row{"value": number(value), "text": lua.LNumber(value).String(), "int": number(float64(int(value)))})
	}
	text := func(text string) {
		answer := row{"parse": byteText(text)}
		if results, err := call(state, times, lua.LString(text)); err == nil {
			answer["number"] = number(float64(results[0].(lua.LNumber)))
		}
		rows = append(rows, answer)
	}
	based := func(text string, base lua.LValue) {
		answer := row{"tonumber": byteText(text)}
		args := []lua.LValue{lua.LString(text)}
		if base != lua.LNil {
			answer["base"] = number(float64(base.(lua.LNumber)))
			args = append(args, base)
		}
		results, err := call(state, toNumber, args...)
		check(err)
		if found, ok := results[0].(lua.LNumber); ok {
			answer["number"] = number(float64(found))
		}
		rows = append(rows, answer)
	}

	for _, one := range writtenNumbers {
		value(one)
	}
	for range 150 {
		value(randomFloat(random))
	}
	for _, one := range writtenTexts {
		text(one)
		based(one, lua.LNil)
	}
	for i, one := range writtenTexts {
		based(one, lua.LNumber(writtenBases[i%len(writtenBases)]))
	}
	for _, one := range []string{"10", "z", "ff", "1_0", "0x1f", "-11", "1.5", "0b1", "", "7fffffffffffffff", "zzzzzzzzzzzzzz", strings.Repeat("1", 63), strings.Repeat("1", 64)} {
		for _, base := range writtenBases {
			based(one, lua.LNumber(base))
		}
	}
	for range 300 {
		one := randomNumberText(random)
		text(one)
		based(one, lua.LNil)
		based(one, lua.LNumber(random.Intn(38)))
	}
	return rows
}

func randomFloat(random *rand.Rand) float64 {
	switch random.Intn(4) {
	case 0:
		return math.Float64frombits(random.Uint64())
	case 1:
		return float64(random.Int63()>>random.Intn(63)) * (1 - 2*float64(random.Intn(2)))
	case 2:
		return float64(random.Intn(2000000)-1000000) / math.Pow10(random.Intn(9))
	}
	return random.NormFloat64() * math.Pow10(random.Intn(40)-20)
}

func randomNumberText(random *rand.Rand) string {
	if random.Intn(3) == 0 {
		return strconv.FormatFloat(randomFloat(random), "efgx"[random.Intn(4)], random.Intn(20)-1, 64)
	}
	return pick(random, []string{"", "", "-", "+", " "}) + pick(random, []string{"", "", "", "0", "0x", "0b", "0o", "0X", "."}) +
		randomBytes(random, "0011237789__..eEpPabfxz+- ", 1+random.Intn(6))
}
