module moonferry.test/numbers

go 1.26
