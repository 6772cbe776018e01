package main

import (
	"errors"
	"fmt"
	"math/rand"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/pm"
)

// find gives all matches, each capture as [start, end] or [position], or the error's text.
func find(pattern, subject string, offset, limit int) row {
	answer := row{"pattern": byteText(pattern), "subject": byteText(subject)}
	if offset != 0 {
		answer["offset"] = offset
	}
	if limit != -1 {
		answer["limit"] = limit
	}
	matches, err := safeFind(pattern, []byte(subject), offset, limit)
	if err != nil {
		answer["error"] = err.Error()
		return answer
	}
	all := [][][]int{}
	for _, match := range matches {
		captures := [][]int{}
		for i := 0; i < match.CaptureLength(); i += 2 {
			if match.IsPosCapture(i) {
				captures = append(captures, []int{match.Capture(i)})
			} else {
				captures = append(captures, []int{match.Capture(i), match.Capture(i + 1)})
			}
		}
		all = append(all, captures)
	}
	answer["matches"] = all
	return answer
}

func safeFind(pattern string, subject []byte, offset, limit int) (matches []*pm.MatchData, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = errors.New(fmt.Sprint(problem))
		}
	}()
	// As string.find and string.match have it: there is nothing behind the subject's last byte.
	return pm.Find(pattern, subject[:len(subject):len(subject)], offset, limit)
}

// Patterns that mean something, and those that show how gopher-lua's differ from Lua's.
var writtenPatterns = []string{
	"", "a", "abc", "ab*", "ab+", "ab-", "ab?", "a.c", ".", ".*", ".-", ".+", ".?", "^", "$", "^$", "^a", "a$", "^a$",
	"^^a", "a^", "a$b", "$a", "$$", "a$$", "^$$", "(a$)", "(^a)", "(a)$", "$*", "$+", "a$*", "^*", "^+a", "^-", "*", "+",
	"-", "?", "**", "a**", "a*+", "a+*", "a?*", "a-*", "*a", "+a", "-a", "?a", "a*?", "(*)", "(*a)", "(+)", "()*", "()+",
	"(a)*", "(a)+", "(a)?", "(a)-", "%1*", "(a)%1*", "(a)%1+", "%b()*", "%b()+", "%b()-", "%b()?",
	"%a", "%A", "%c", "%C", "%d", "%D", "%l", "%L", "%p", "%P", "%s", "%S", "%u", "%U", "%w", "%W", "%x", "%X", "%z", "%Z",
	"%g", "%G", "%f", "%F", "%e", "%n", "%a+", "%d+", "%s*", "%w+", "%f[%w]%w+", "%f", "%f[a]", "%", "a%", "%%", "%%%", "%.",
	"%(", "%)", "%[", "%]", "%*", "%+", "%-", "%?", "%^", "%$", "%\x00", "%\xff", "%é",
	"(", ")", "()", "(a", "a)", "((a)", "(a))", "(()", "())", "(a)(b)", "((a)b)", "((a)(b))", "(a(b(c)))", "()a()", "a()b", "()()",
	"(())", "(()a)", "(a())", "(.)(.)", "(.-)(b)", "(a*)(a*)", "(a-)(a*)", "(a*)b(a*)", "(%w+)=(%w+)", "(%w+)%s*=%s*(%w+)",
	"%0", "%1", "%2", "%9", "(a)%1", "(a)%2", "(a)%0", "(.)%1", "(.-)%1", "(.+)%1", "(.*)%1$", "(a)(b)%2%1", "(a%1)", "((a)%1)",
	"((a)%2)", "(a)(b%2)", "()%1", "(a)()%2", "()a%1", ".()%1", "(x?)%1a", "(a*)%1b", "(a?)(b?)%1%2c",
	"%b", "%b(", "%b()", "%bxx", "%bab", "%b((", "%b()%b[]", "%b%%", "%b\x00\xff", "(%b())", "%b()a", "[%b()]", "%b[]", "%b]]", "%b))",
	"[a]", "[abc]", "[a-c]", "[^a]", "[^a-c]", "[%a]", "[^%a]", "[%w_]", "[^%w_]", "[%d%s]", "[%D]", "[^%D]", "[%a-z]", "[a-%z]",
	"[%a-%z]", "[-]", "[a-]", "[-a]", "[^-]", "[^-a]", "[^a-]", "[a-b-c]", "[a--]", "[a--z]", "[--a]", "[---]", "[]", "[]]", "[]a]",
	"[a]]", "[^]", "[^]]", "[^]a]", "[^^]", "[a^]", "[^", "[", "[a", "[a-", "[a-]", "[%", "[%]", "[%]]", "[%]a]", "[^%]]", "[.]",
	"[.]+", "[*]", "[$]", "[(]", "[)]", "[()]", "[%(%)]", "[[]", "[[a]", "[[]]", "[[:alpha:]]", "[a-z0-9]", "[z-a]", "[a-a]",
	"[\x00]", "[\x00-\xff]", "[\x80-\xff]", "[^\x80-\xff]", "[%z]", "[%Z]", "[%f]", "[%g]", "[%1]", "[%0]", "[a%-z]", "[%--a]",
	"[%-a]", "[a%]", "[a]+", "[a]*", "[a]-", "[a]?", "[^a]*b", "[^,]+", "[^,]*", "([^,]*),?", "[%s]*$", "]", "]]", "a]", "]*", "]+a",
	"]-", "(])", "[a][b]", "[a]b", "[a](b)", "{", "}", "a{2}", "|", "a|b", "\\", "\\a", "\x00", "a\x00", "\x00*", "é", "é+", "[é]",
	"^%s*(.-)%s*$", "^(.-)%s*$", "^%s+", "%s+$", "(%d+)%.(%d+)", "(%d%d%d%d)-(%d%d)-(%d%d)", "^(%w+)://([^/]+)(.*)$", "^#", "^-+",
	"a.-b", "a.*b", "a.+b", "(a+)(b+)", "(a+)(b*)(c-)$", "x*y*z*", "(.)(.)(.)", "^(a)", "^()", "()$", "^()$", "(a*)", "(a-)", "(a?)b",
	"a-b", "a-$", "(a-)$", ".-b", ".-$", "%d-%a", "%.%.", "%w+@%w+%.%w+", "app%.kubernetes%.io/(.*)", "^([^/]+)/(.+)$",
	"(((((((((a)))))))))", "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)%9", "%10", "(a)%10", "(a)%11",
}

var writtenSubjects = []string{
	"", "a", "abcabc", "aaab aab", "a.c $a^ [x] (y(z)) %1", "key = value, other=2", "-]^[a-z]-*+?", "hello world 2024-01-31",
	"\x00\x01a\x00\xff\x80é\n\t ",
}

func patternRows(_ *lua.LState, random *rand.Rand) []row {
	rows := []row{}
	for i, pattern := range writtenPatterns {
		// Each with three subjects, all with those that say most.
		rows = append(rows, find(pattern, writtenSubjects[3], 0, -1), find(pattern, writtenSubjects[4], 0, -1))
		rows = append(rows, find(pattern, writtenSubjects[i%len(writtenSubjects)], 0, -1))
	}
	for _, limit := range []int{0, 1, 2, 3, -2} {
		for _, pattern := range []string{"a", "", "x", "a*", "^a", "(a)()"} {
			rows = append(rows, find(pattern, "aab", 0, limit))
		}
	}
	for offset := range 6 {
		for _, pattern := range []string{"", "a", "$", "^a", "^", "()", ".-", "^b$"} {
			rows = append(rows, find(pattern, "aab", offset, 1), find(pattern, "aab", offset, -1))
		}
	}
	for range 900 {
		rows = append(rows, find(randomPattern(random, 1+random.Intn(7)), randomSubject(random), 0, -1))
	}
	for range 150 {
		rows = append(rows, find(randomBytes(random, "ab%[]^-()$.*+?1b ", random.Intn(9)), randomSubject(random), random.Intn(3), random.Intn(4)-1))
	}
	return rows
}

// Pieces that fit together more often than not.
var pieces = []string{
	"a", "b", "c", "x", ".", ".", "%a", "%d", "%s", "%w", "%l", "%u", "%p", "%.", "%-", "%%", "%z", "%A", "%S", "%W", "[ab]", "[^a]", "[a-c]",
	"[^%s]", "[%w_]", "[%a-]", "[]a]", "[^]]", "[a-b-c]", "=", ",", " ", "-", "$", "^", "]", "%b()", "%b[]", "%1", "%2", "()",
}

var quantifiers = []string{"", "", "", "", "*", "+", "-", "?"}

func randomPattern(random *rand.Rand, length int) string {
	var text strings.Builder
	if random.Intn(6) == 0 {
		text.WriteByte('^')
	}
	open := 0
	for range length {
		switch {
		case random.Intn(5) == 0:
			text.WriteByte('(')
			open++
		case open > 0 && random.Intn(3) == 0:
			text.WriteByte(')')
			open--
		}
		text.WriteString(pick(random, pieces) + pick(random, quantifiers))
	}
	// Now and then one stays open.
	if random.Intn(25) > 0 {
		text.WriteString(strings.Repeat(")", open))
	}
	if random.Intn(6) == 0 {
		text.WriteByte('$')
	}
	return text.String()
}

var subjectPieces = []string{
	"a", "a", "b", "b", "c", "x", "ab", "aa", " ", "=", ",", "-", ".", "1", "23", "(a)", "[b]", "(", ")", "]", "$", "^", "%", "_", "A", "\x00", "é", "\n",
}

func randomSubject(random *rand.Rand) string {
	var text strings.Builder
	for range random.Intn(9) {
		text.WriteString(pick(random, subjectPieces))
	}
	return text.String()
}

func randomBytes(random *rand.Rand, alphabet string, length int) string {
	text := make([]byte, length)
	for i := range text {
		text[i] = alphabet[random.Intn(len(alphabet))]
	}
	return string(text)
}

// Patterns without gopher-lua's peculiarities, most of them: those that Lua's own matcher may serve.
func plainPatternRows(_ *lua.LState, random *rand.Rand) []row {
	rows := []row{}
	plain := []string{
		"a", "b", "c", ".", ".", "%a", "%d", "%s", "%w", "%l", "%u", "%p", "%c", "%x", "%A", "%D", "%S", "%W", "%L", "%U", "%P", "%C", "%X", "%.", "%-",
		"%%", "%(", "%]", "[ab]", "[^a]", "[a-c]", "[^%s]", "[%w_]", "[^,]", "[%d.]", "[^a-c%s]", "[%-a]", "[%]x]", "=", ",", " ", "_", "/", "é", "\x00",
		"\n", "{", "|",
	}
	for range 700 {
		var text strings.Builder
		if random.Intn(4) == 0 {
			text.WriteByte('^')
		}
		inGroup := false
		for range 1 + random.Intn(6) {
			if random.Intn(4) == 0 {
				text.WriteString(map[bool]string{false: "(", true: ")"}[inGroup])
				inGroup = !inGroup
			}
			if !inGroup && random.Intn(12) == 0 {
				text.WriteString("()")
			}
			text.WriteString(pick(random, plain) + pick(random, quantifiers))
		}
		if inGroup {
			text.WriteByte(')')
		}
		if random.Intn(4) == 0 {
			text.WriteByte('$')
		}
		rows = append(rows, find(text.String(), randomSubject(random)+randomSubject(random), random.Intn(3), -1))
	}
	return rows
}
