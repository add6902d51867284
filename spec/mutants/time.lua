return {
  { name = "day-of-year", file = "src/time/moment.c", kind = "missing check",
    old = "if (moment->day_of_year == 366 && calendar_month_length(year, 2) == 28) {", new = "if (false) {",
    breaks = "the day 366 of a year that has 365 is the first of the next one",
    spec = "spec/time/parse_spec.lua", test = "says why" },
  { name = "printed-room", file = "src/time/printformat.h", kind = "bound by one",
    old = "#define TIME_PRINT_MOST 12", new = "#define TIME_PRINT_MOST 11",
    breaks = "a time is printed beyond the room for it",
    spec = "spec/time/parse_spec.lua", test = "of 1024 bytes" },
  { name = "fraction-back", file = "src/time/printformat.c", kind = "missing reset",
    old = "    printing->is_back = false;\n", new = "",
    breaks = "all fractions of a format behind %s.%f count back before 1970",
    spec = "spec/time/parse_spec.lua", test = "parts of a second" },
}
