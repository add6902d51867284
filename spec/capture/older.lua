--- A capture with the events of older versions of libscap, each with as many parameters as some version wrote: what the
-- newest ones make of them is compared with libsinsp. Before each exit stands the enter event that belongs to it, twice
-- out of three times.
local samples = require "spec.capture.samples"
local parts = require "spec.events.parts"
local writer = require "spec.capture.writer"

local older = {}

-- Types, and how many parameters they had once. SOCKET_SOCKET_X and SYSCALL_FCNTL_X are missing: versions behind that of
-- the hosts here have added one more.
local TYPES = [[
  GENERIC_X:1 SYSCALL_OPEN_E:0 SYSCALL_OPEN_X:4,5 SYSCALL_CLOSE_X:1 SYSCALL_READ_X:2 SYSCALL_LINK_X:1
  SYSCALL_LINKAT_X:1 SYSCALL_UNLINK_X:1 SYSCALL_UNLINKAT_X:1 SYSCALL_PREAD_X:2 SYSCALL_DUP_X:1 SYSCALL_SIGNALFD_X:1
  SYSCALL_KILL_X:1 SYSCALL_TKILL_X:1 SYSCALL_TGKILL_X:1 SYSCALL_NANOSLEEP_X:1 SYSCALL_TIMERFD_CREATE_X:1
  SYSCALL_INOTIFY_INIT_X:1 SYSCALL_GETRLIMIT_X:3 SYSCALL_SETRLIMIT_X:3 SYSCALL_PRLIMIT_X:5 SCHEDSWITCH_1_E:1
  SYSCALL_BRK_1_X:1 SYSCALL_BRK_4_X:4 SYSCALL_EXECVE_8_E:0 SYSCALL_EXECVE_8_X:8
  SYSCALL_EXECVE_13_E:0 SYSCALL_EXECVE_13_X:13 SYSCALL_EXECVE_14_E:0 SYSCALL_EXECVE_14_X:14 SYSCALL_EXECVE_15_E:0
  SYSCALL_EXECVE_15_X:15 SYSCALL_EXECVE_16_E:0 SYSCALL_EXECVE_16_X:16 SYSCALL_EXECVE_17_E:0 SYSCALL_EXECVE_17_X:17
  SYSCALL_EXECVE_18_E:1 SYSCALL_EXECVE_18_X:17 SYSCALL_EXECVE_19_X:18,19,20,23,26,27,28,29,30 SYSCALL_CLONE_11_X:11
  SYSCALL_CLONE_16_X:16 SYSCALL_CLONE_17_X:17 SYSCALL_CLONE_20_X:20 SOCKET_BIND_X:2 SOCKET_CONNECT_E:1
  SOCKET_CONNECT_X:2,3 PROCEXIT_E:0 SOCKET_LISTEN_X:1 SOCKET_ACCEPT_X:3 SYSCALL_WRITE_X:2
  SYSCALL_PWRITE_X:2 SYSCALL_READV_X:3 SYSCALL_WRITEV_X:2 SYSCALL_PREADV_X:3 SYSCALL_PWRITEV_X:2 SYSCALL_SETRESUID_X:1
  SYSCALL_SETUID_X:1 SOCKET_RECV_X:2 SOCKET_RECVFROM_X:3 SOCKET_SEND_X:2 SOCKET_SENDTO_X:2 SOCKET_SHUTDOWN_X:1
  SOCKET_SOCKETPAIR_X:5 SOCKET_SENDMSG_X:2 SOCKET_SENDMMSG_X:0 SOCKET_RECVMSG_X:4,5 SOCKET_RECVMMSG_X:0
  SYSCALL_CREAT_E:0 SYSCALL_CREAT_X:3,4,5 SYSCALL_EVENTFD_X:1 SYSCALL_MKDIR_2_X:2 SYSCALL_MKDIR_X:1 SYSCALL_RMDIR_X:1
  SYSCALL_OPENAT_X:1 SYSCALL_OPENAT_2_E:0 SYSCALL_OPENAT_2_X:5,6 SYSCALL_UNSHARE_X:1 SYSCALL_FUTEX_X:1
  SYSCALL_FSTAT_X:1 SYSCALL_EPOLLWAIT_X:1 SYSCALL_POLL_X:2 SYSCALL_NEWSELECT_X:1 SYSCALL_LSEEK_X:1 SYSCALL_LLSEEK_X:1
  SYSCALL_IOCTL_2_X:1 SYSCALL_IOCTL_3_X:1 SYSCALL_MMAP_X:4 SYSCALL_MMAP2_X:4 SYSCALL_MUNMAP_X:4 SYSCALL_SPLICE_X:1
  SYSCALL_PTRACE_X:0,3 SYSCALL_FORK_X:16 SYSCALL_FORK_17_X:17 SYSCALL_FORK_20_X:20 SYSCALL_VFORK_X:16
  SYSCALL_VFORK_17_X:17 SYSCALL_VFORK_20_X:20 SYSCALL_SENDFILE_X:2 SYSCALL_QUOTACTL_X:14 SYSCALL_FCHDIR_X:1
  SYSCALL_GETDENTS_X:1 SYSCALL_GETDENTS64_X:1 SYSCALL_SETNS_X:1 SYSCALL_FLOCK_X:1 SYSCALL_SEMOP_X:8 SYSCALL_SEMCTL_X:1
  SYSCALL_PPOLL_X:2 SYSCALL_MOUNT_X:4 SYSCALL_UMOUNT_X:2 SYSCALL_SEMGET_X:1 SYSCALL_ACCESS_X:2 CONTAINER_E:4
  CONTAINER_JSON_E:1 SYSCALL_SETGID_X:1 SYSCALL_SETPGID_X:1 SYSCALL_BPF_X:1 SYSCALL_SECCOMP_E:1 SYSCALL_SECCOMP_X:1
  SYSCALL_OPENAT2_E:0 SYSCALL_OPENAT2_X:6 SYSCALL_MPROTECT_X:1 SYSCALL_EXECVEAT_X:19,20,23,26,27,28,29
  SYSCALL_COPY_FILE_RANGE_X:3 SYSCALL_CLONE3_X:20 SYSCALL_EPOLL_CREATE_X:1 SYSCALL_EPOLL_CREATE1_X:1
  SYSCALL_SETRESGID_X:1 SOCKET_ACCEPT4_X:3 SOCKET_ACCEPT4_5_X:5 SOCKET_ACCEPT4_6_X:5 SYSCALL_UMOUNT2_X:2
  SYSCALL_EVENTFD2_X:2 SYSCALL_SIGNALFD4_X:2
]]

local types = {}
for _, type in ipairs(parts.types()) do
  types[type.symbol:match "^PPME_(.*)$"], types[type.code] = type, type
end

-- Its parameters, of which the first of an exit is the result: a descriptor, a thread, or just a number above 0.
local function values_of(type, salt, most)
  local params = {}
  for kind in type.parameters:gmatch ":(%S+)" do
    if #params == most then break end
    local bytes = samples.bytes_of(kind, salt + #params)
    if #params == 0 and type.code % 2 == 1 and #bytes == 8 then bytes = ("<i8"):pack(3) end
    params[#params + 1] = bytes
  end
  return params
end

local FIRST = 1000

function older.every_type()
  local events, threads, number = {}, {}, 0
  local function add(type, tid, most)
    events[#events + 1] = writer.event(type.code, values_of(type, number, most), { tid = tid, wide = type.wide,
      large = type.wide, ts = 1700000000000000000 + #events * 1000 })
  end
  for symbol, counts in TYPES:gmatch "(%S+):(%S+)" do
    local type = types[symbol]
    for count in counts:gmatch "%d+" do
      number = number + 1
      local tid = FIRST + number
      threads[number] = { tid = tid, pid = tid, vtid = tid, vpid = tid, ptid = 0, flags = 0 }
      if type.code % 2 == 1 and number % 3 ~= 0 then add(types[type.code - 1], tid) end
      add(type, tid, math.tointeger(count))
    end
  end
  return writer.section() .. writer.threads(9, threads) .. table.concat(events)
end

return older
