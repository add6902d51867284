return {
  { name = "glob-time", file = "src/text/glob.c", kind = "missing check",
    old = "        done += cost;\n", new = "",
    breaks = "long sets in patterns take longer than the time limit",
    spec = "spec/script/timebudget_spec.lua", test = "a glob" },
}
