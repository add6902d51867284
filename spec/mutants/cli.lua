return {
  { name = "line-searched", file = "src/cli/linereader.c", kind = "missing reset",
    old = [[    reader->searched = 0;
]], new = "",
    breaks = "the next line is looked for behind its begin",
    spec = "spec/cli/events_spec.lua", test = "of any bytes" },
  { name = "child-group", file = "src/cli/forkedcall.c", kind = "missing release",
    old = "    kill(-child, SIGKILL);\n", new = "    kill(child, SIGKILL);\n",
    breaks = "what a script has started while it was checked goes on running",
    spec = "spec/cli/lint_spec.lua", test = "never come back" },
  { name = "child-signals", file = "src/cli/childprocess.c", kind = "missing mask",
    old = "    sigprocmask(SIG_SETMASK, &none, NULL);\n", new = "    (void)none;\n",
    breaks = "a program that lure starts inherits its blocked signals",
    spec = "spec/cli/signals_spec.lua", test = "within 100 ms" },
  { name = "forked-time", file = "src/cli/forkedcall.c", kind = "missing check",
    old = [[        if (left <= 0) {
            return false;
        }
]], new = "",
    breaks = "lure check waits for ever for a script that never ends",
    spec = "spec/cli/lint_spec.lua", test = "never come back" },
  { name = "capture-fifo", file = "src/cli/filebytes.c", kind = "missing mask",
    old = "open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)", new = "open(path, O_RDONLY | O_CLOEXEC)",
    breaks = "a named pipe as a capture waits for a writer",
    spec = "spec/cli/capture_spec.lua", test = "a file that is none" },
  { name = "capture-regular", file = "src/cli/filebytes.c", kind = "missing check",
    old = "if (!S_ISREG(status.st_mode)) {", new = "if (false) {",
    breaks = "a directory is read as a capture",
    spec = "spec/cli/capture_spec.lua", test = "a file that is none" },
}
