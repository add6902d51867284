return {
  { name = "glob-time", file = "src/text/glob.c", kind = "missing check", build = "plainly", -- by its time
    old = "        done += cost;\n", new = "",
    breaks = "long sets in patterns take longer than the time limit",
    spec = "spec/script/timebudget_spec.lua", test = "a glob of sets" },
  { name = "logfmt-room", file = "src/text/logfmt.h", kind = "bound by one",
    old = "#define LOGFMT_MOST_UNQUOTED(length) (3 * (length))", new = "#define LOGFMT_MOST_UNQUOTED(length) (2 * (length))",
    breaks = "a value in quotes of bytes that are not UTF-8 is written beyond its room",
    spec = "spec/formats/logfmt_spec.lua", test = "unquotes values" },
}
