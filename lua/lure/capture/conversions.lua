-- conversions: what newer versions of libscap make of the events of older ones.
--
--   conversions.filled[symbol][number]     what stands for a parameter that an event does not have; nil: nothing
--   conversions.renamed[symbol]            { to = symbol, number = … }: a type that is no longer used
--
-- `symbol` is a type's without "PPME_", `number` a parameter's, from 1. What stands for it:
--
--   { own = 3 }                  the third of the event itself, under its old name
--   { enter = 3 }                the third of the enter event before it; with default = true, 0 where that is missing
--   { default = true }           0
--   {}                           nothing
--
-- is_later = true: it came in another version than the one before. libscap goes from version to version, and asks the
-- enter event only once.
--
-- The lists below: a type, the first parameter that it may lack, and then one word for each: 3 (enter), 3! (enter, else
-- 0), 0 (default), - (nothing), and a | before those that came later. Then types with their
-- new names, and =3 for one of its own, =1-3 for several.

local FILLED = [[
  GENERIC_X 2 2
  SYSCALL_OPEN_E 1
  SYSCALL_OPEN_X 5
  SYSCALL_CLOSE_X 2 1!
  SYSCALL_READ_X 3 1! 2!
  SYSCALL_PREAD_X 3 1! 2! 3!
  SYSCALL_SIGNALFD_X 2 1! 2! 3!
  SYSCALL_KILL_X 2 1! 2!
  SYSCALL_TKILL_X 2 1! 2!
  SYSCALL_TGKILL_X 2 1! 2! 3!
  SYSCALL_NANOSLEEP_X 2 1!
  SYSCALL_TIMERFD_CREATE_X 2 1! 2!
  SYSCALL_INOTIFY_INIT_X 2 1!
  SYSCALL_GETRLIMIT_X 4 1!
  SYSCALL_SETRLIMIT_X 4 1!
  SYSCALL_PRLIMIT_X 6 1 2
  SYSCALL_FCNTL_X 2 1! 2! 0
  SYSCALL_BRK_4_X 5 1
  SYSCALL_EXECVE_19_X 19 - - - - - - - - - - - - 1
  SYSCALL_CLONE_20_X 21
  SOCKET_BIND_X 3 1!
  SOCKET_CONNECT_E 2 0
  SOCKET_CONNECT_X 3 1! | 2!
  SOCKET_SOCKET_X 2 1! 2! 3! 0
  SOCKET_LISTEN_X 2 1! 2!
  SYSCALL_WRITE_X 3 1! 2!
  SYSCALL_PWRITE_X 3 1! 2! 3!
  SYSCALL_READV_X 4 1!
  SYSCALL_WRITEV_X 3 1! 2!
  SYSCALL_PREADV_X 4 1! 2!
  SYSCALL_PWRITEV_X 3 1! 2! 3!
  SYSCALL_SETRESUID_X 2 1 2 3
  SYSCALL_SETUID_X 2 1
  SOCKET_RECV_X 3 1! 2! 0
  SOCKET_RECVFROM_X 4 1! 2!
  SOCKET_SEND_X 3 1! 2! 0
  SOCKET_SENDTO_X 3 1! 2! 3!
  SOCKET_SHUTDOWN_X 2 1! 2!
  SOCKET_SOCKETPAIR_X 6 1! 2! 3!
  SOCKET_SENDMSG_X 3 1! 2! 3!
  SOCKET_SENDMMSG_X 1 0
  SOCKET_RECVMSG_X 5 0 1!
  SOCKET_RECVMMSG_X 1 0
  SYSCALL_CREAT_E 1
  SYSCALL_CREAT_X 4
  SYSCALL_EVENTFD_X 2 1! 2!
  SYSCALL_MKDIR_2_X 3 1
  SYSCALL_OPENAT_2_E 1
  SYSCALL_OPENAT_2_X 6
  SYSCALL_UNSHARE_X 2 1!
  SYSCALL_FUTEX_X 2 1! 2! 3!
  SYSCALL_FSTAT_X 2 1!
  SYSCALL_EPOLLWAIT_X 2 1!
  SYSCALL_POLL_X 3 2!
  SYSCALL_LSEEK_X 2 1! 2! 3!
  SYSCALL_LLSEEK_X 2 1! 2! 3!
  SYSCALL_IOCTL_3_X 2 1! 2! 3!
  SYSCALL_MMAP_X 5 1! 2! 3! 4! 5! 6!
  SYSCALL_MMAP2_X 5 1! 2! 3! 4! 5! 6!
  SYSCALL_MUNMAP_X 5 1! 2!
  SYSCALL_SPLICE_X 2 1! 2! 3! 4!
  SYSCALL_PTRACE_X 1 - - - 1 2
  SYSCALL_FORK_20_X 21
  SYSCALL_VFORK_20_X 21
  SYSCALL_SENDFILE_X 3 1! 2! 4!
  SYSCALL_QUOTACTL_X 15 1! 2! 3! 4!
  SYSCALL_FCHDIR_X 2 1
  SYSCALL_GETDENTS_X 2 1!
  SYSCALL_GETDENTS64_X 2 1!
  SYSCALL_SETNS_X 2 1 2
  SYSCALL_FLOCK_X 2 1! 2!
  SYSCALL_SEMOP_X 9 1!
  SYSCALL_SEMCTL_X 2 1! 2! 3! 4!
  SYSCALL_PPOLL_X 3 2! 3!
  SYSCALL_MOUNT_X 5 1!
  SYSCALL_SEMGET_X 2 1! 2! 3!
  SYSCALL_ACCESS_X 3 1!
  SYSCALL_SETGID_X 2 1
  SYSCALL_SETPGID_X 2 1 2
  SYSCALL_SECCOMP_E 2 0
  SYSCALL_SECCOMP_X 2 1! 2!
  SYSCALL_OPENAT2_E 1
  SYSCALL_OPENAT2_X 7
  SYSCALL_MPROTECT_X 2 1! 2! 3!
  SYSCALL_EXECVEAT_X 20
  SYSCALL_COPY_FILE_RANGE_X 4 1! 2! 3!
  SYSCALL_CLONE3_X 21
  SYSCALL_EPOLL_CREATE_X 2 1!
  SYSCALL_EPOLL_CREATE1_X 2 1!
  SYSCALL_SETRESGID_X 2 1 2 3
  SOCKET_ACCEPT4_6_X 6 1!
  SYSCALL_UMOUNT2_X 3 1!
  SYSCALL_EVENTFD2_X 3 1!
  SYSCALL_SIGNALFD4_X 3 1! 2!
]]

local RENAMED = [[
  SYSCALL_LINK_X SYSCALL_LINK_2_X =1 1 2
  SYSCALL_LINKAT_X SYSCALL_LINKAT_2_X =1 1 2 3 4
  SYSCALL_UNLINK_X SYSCALL_UNLINK_2_X =1 1
  SYSCALL_UNLINKAT_X SYSCALL_UNLINKAT_2_X =1 1 2
  SYSCALL_DUP_X SYSCALL_DUP_1_X =1 1
  SCHEDSWITCH_1_E SCHEDSWITCH_6_E =1
  SYSCALL_BRK_1_X SYSCALL_BRK_4_X =1 1
  SYSCALL_EXECVE_8_E SYSCALL_EXECVE_13_E
  SYSCALL_EXECVE_8_X SYSCALL_EXECVE_13_X =1-8
  SYSCALL_EXECVE_13_E SYSCALL_EXECVE_14_E
  SYSCALL_EXECVE_13_X SYSCALL_EXECVE_14_X =1-13
  SYSCALL_EXECVE_14_E SYSCALL_EXECVE_15_E
  SYSCALL_EXECVE_14_X SYSCALL_EXECVE_15_X =1-13 - =14
  SYSCALL_EXECVE_15_E SYSCALL_EXECVE_16_E
  SYSCALL_EXECVE_15_X SYSCALL_EXECVE_16_X =1-14 - =15
  SYSCALL_EXECVE_16_E SYSCALL_EXECVE_17_E
  SYSCALL_EXECVE_16_X SYSCALL_EXECVE_17_X =1-16
  SYSCALL_EXECVE_17_E SYSCALL_EXECVE_18_E
  SYSCALL_EXECVE_17_X SYSCALL_EXECVE_18_X =1-17
  SYSCALL_EXECVE_18_E SYSCALL_EXECVE_19_E =1
  SYSCALL_EXECVE_18_X SYSCALL_EXECVE_19_X =1-17
  SYSCALL_CLONE_11_X SYSCALL_CLONE_16_X =1-8 - - - - - =9-11
  SYSCALL_CLONE_16_X SYSCALL_CLONE_17_X =1-13 - =14-16
  SYSCALL_CLONE_17_X SYSCALL_CLONE_20_X =1-14 - =15-17
  PROCEXIT_E PROCEXIT_1_E
  SOCKET_ACCEPT_X SOCKET_ACCEPT_5_X =1-3 0 0
  SYSCALL_MKDIR_X SYSCALL_MKDIR_2_X =1 1 2
  SYSCALL_RMDIR_X SYSCALL_RMDIR_2_X =1 1
  SYSCALL_OPENAT_X SYSCALL_OPENAT_2_X =1 1 2 3 4
  SYSCALL_NEWSELECT_X SYSCALL_SELECT_X =1
  SYSCALL_IOCTL_2_X SYSCALL_IOCTL_3_X =1 1 2 -
  SYSCALL_FORK_X SYSCALL_FORK_17_X =1-13 - =14-16
  SYSCALL_FORK_17_X SYSCALL_FORK_20_X =1-14 - =15-17
  SYSCALL_VFORK_X SYSCALL_VFORK_17_X =1-13 - =14-16
  SYSCALL_VFORK_17_X SYSCALL_VFORK_20_X =1-14 - =15-17
  SYSCALL_UMOUNT_X SYSCALL_UMOUNT_1_X =1-2
  CONTAINER_JSON_E CONTAINER_JSON_2_E =1
  SYSCALL_BPF_X SYSCALL_BPF_2_X =1 1
  SOCKET_ACCEPT4_X SOCKET_ACCEPT4_6_X =1-3 0 0 1!
  SOCKET_ACCEPT4_5_X SOCKET_ACCEPT4_6_X =1-5 1!
]]

local conversions = { filled = {}, renamed = {} }

local function meaning(word)
  if word == "-" then return {} end
  if word == "0" then return { default = true } end
  local number, default = word:match "^(%d+)(!?)$"
  return { enter = tonumber(number), default = default == "!" }
end

for line in FILLED:gmatch "[^\n]+" do
  local symbol, number, words = line:match "^%s*(%S+) (%d+)(.*)$"
  local filled = {}
  number = tonumber(number)
  for bar, word in words:gmatch "(|?) ?([^%s|]+)" do
    filled[number] = meaning(word)
    filled[number].is_later = bar == "|"
    number = number + 1
  end
  conversions.filled[symbol] = filled
end

for line in RENAMED:gmatch "[^\n]+" do
  local symbol, to, words = line:match "^%s*(%S+) (%S+)(.*)$"
  local renamed = { to = to }
  for word in words:gmatch "%S+" do
    local first, last = word:match "^=(%d+)%-?(%d*)$"
    if first then
      for own = tonumber(first), tonumber(last) or tonumber(first) do renamed[#renamed + 1] = { own = own } end
    else
      renamed[#renamed + 1] = meaning(word)
    end
  end
  conversions.renamed[symbol] = renamed
end

return conversions
