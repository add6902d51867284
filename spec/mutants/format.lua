return {
  { name = "format-priority", file = "src/format/syslog.c", kind = "bound by one",
    old = "#define MOST_PRIORITY 191", new = "#define MOST_PRIORITY 192",
    breaks = "a facility behind the last is read",
    spec = "spec/formats/syslog_spec.lua", test = "in the place of RFC 3164" },
  { name = "format-part", file = "src/format/format.c", kind = "missing check",
    old = "return at != NULL && json_skip_space(at, end) == end;", new = "return at != NULL;",
    breaks = "a part that is JSON with something behind it breaks what stands around it",
    spec = "spec/formats/documents_spec.lua", test = "not of its format" },
  { name = "format-origins", file = "src/format/format.c", kind = "bound by one",
    old = "if (origins->list[middle].place < place) {", new = "if (origins->list[middle].place <= place) {",
    breaks = "no value's place in the payload is found",
    spec = "spec/formats/documents_spec.lua", test = "where values stand" },
}
