"""Runs a program on a pseudo-terminal, and does with it what a plan says.

    ptydriver.py PLAN COMMAND...

PLAN is a file of JSON: { "columns": 80, "rows": 24, "steps": [...] }, where a step is
    ["wait", "REGEX"]          until a frame that was drawn since the last step matches
    ["see", "REGEX"]           until that comes in what was written since the last "type"
    ["resize", columns, rows]  as a person drags the window: the kernel sends SIGWINCH
    ["type", "text"]
    ["file", "path"]           until there is such a file
    ["signal", number]         again and again, until the program is gone
Prints JSON: frames (the one that each wait found, a list of lines without colours), raw (all that was written), status
(128 + number for a signal). A frame is what stands between "cursor home" and "erase below".
"""
import fcntl, json, os, pty, re, select, struct, sys, termios, time

PATIENCE = 60


def resize(descriptor, columns, rows):
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


class Terminal:
    def __init__(self, plan, command):
        self.output, self.is_over = b"", False
        self.deadline = time.monotonic() + PATIENCE
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            resize(0, plan["columns"], plan["rows"])
            os.execvp(command[0], command)

    def read(self, seconds):
        """What there is within that time."""
        if time.monotonic() > self.deadline:
            os.kill(self.pid, 9)
            sys.exit("nothing like that came; so far: " + repr(self.output[-3000:]))
        if select.select([self.master], [], [], seconds)[0]:
            try:
                data = os.read(self.master, 65536)
            except OSError:
                data = b""
            self.output += data
            self.is_over = data == b""

    def frames(self, since):
        text = self.output[since:].decode("utf-8", "replace")
        return re.findall("\x1b\\[H(.*?)\x1b\\[J", text, re.S)

    def wait(self, pattern, since):
        while True:
            for frame in self.frames(since):
                plain = re.sub("\x1b\\[[0-9;]*[mK]", "", frame)
                if re.search(pattern, plain):
                    return re.split("\r*\n", plain)
            if self.is_over:
                sys.exit("it ended before that came: " + repr(self.output[-3000:]))
            self.read(0.5)

    def see(self, pattern, since):
        while not re.search(pattern, self.output[since:].decode("utf-8", "replace"), re.S):
            if self.is_over:
                sys.exit("it ended before that came: " + repr(self.output[-3000:]))
            self.read(0.5)

    def end(self):
        while not self.is_over:
            self.read(0.5)
        status = os.waitpid(self.pid, 0)[1]
        return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


def main():
    plan = json.load(open(sys.argv[1]))
    terminal = Terminal(plan, sys.argv[2:])
    frames, since, typed = [], 0, 0
    for step in plan["steps"]:
        if step[0] == "wait":
            frames.append(terminal.wait(step[1], since))
        elif step[0] == "resize":
            since = len(terminal.output)
            resize(terminal.master, step[1], step[2])
        elif step[0] == "see":
            terminal.see(step[1], typed)
        elif step[0] == "type":
            typed = since = len(terminal.output)
            os.write(terminal.master, step[1].encode())
        elif step[0] == "file":
            while not os.path.exists(step[1]):
                terminal.read(0.05)
        elif step[0] == "signal":
            while not terminal.is_over:
                os.kill(terminal.pid, step[1])
                terminal.read(0.1)
    status = terminal.end()
    print(json.dumps({"frames": frames, "raw": terminal.output.decode("utf-8", "replace"), "status": status}))


main()
