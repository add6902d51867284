return {
  { name = "regex-longest", file = "src/regex/regex.c", kind = "bound by one",
    old = "if (length > REGEX_LONGEST) {", new = "if (length >= REGEX_LONGEST) {",
    breaks = "a pattern of the longest length is refused",
    spec = "spec/regex/regex_spec.lua", test = "takes a pattern of 65535 bytes" },
  { name = "regex-trim", file = "src/regex/regex.c", kind = "missing release",
    old = "<= KEPT_FRAMES) {", new = "!= 0) {",
    breaks = "what a match backtracked over is kept",
    spec = "spec/regex/regex_spec.lua", test = "is charged: what a match backtracks over" },
}
