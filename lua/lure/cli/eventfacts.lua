-- eventfacts: what hosts know of events of the kernel beside the names and types of their parameters.
--
-- Written by script/eventfacts; not to be changed by hand. Of falcosecurity/libs, 2026-07-22.
--
-- `names`: tables of NAME=VALUE for flags, in the order in which hosts look at them. `events`: of each type its
-- number and name; its category (read, write, io: of what its descriptor is of); letters: s of a system call,
-- c creates a descriptor, d destroys, u uses, r reads from, w writes to one, a waits; and of parameters
-- NUMBER:FORM,TABLE or NUMBER:@PARAMETER, that which has the directory of a path. `syscalls`: NUMBER=NAME, as of ID
-- in events of calls that have no type of their own.
-- luacheck: no max line length
return {
  names = {
    socket_families = [[
    AF_NFC=39 AF_ALG=38 AF_CAIF=37 AF_IEEE802154=36 AF_PHONET=35 AF_ISDN=34 AF_RXRPC=33 AF_IUCV=32
    AF_BLUETOOTH=31 AF_TIPC=30 AF_CAN=29 AF_LLC=26 AF_WANPIPE=25 AF_PPPOX=24 AF_IRDA=23 AF_SNA=22 AF_RDS=21
    AF_ATMSVC=20 AF_ECONET=19 AF_ASH=18 AF_PACKET=17 AF_ROUTE=16 AF_NETLINK=16 AF_KEY=15 AF_SECURITY=14
    AF_NETBEUI=13 AF_DECnet=12 AF_ROSE=11 AF_INET6=10 AF_X25=9 AF_ATMPVC=8 AF_BRIDGE=7 AF_NETROM=6
    AF_APPLETALK=5 AF_IPX=4 AF_AX25=3 AF_INET=2 AF_LOCAL=1 AF_UNIX=1 AF_UNSPEC=0
    ]],
    file_flags = [[
    O_LARGEFILE=2048 O_DIRECTORY=1024 O_DIRECT=512 O_TRUNC=256 O_SYNC=128 O_NONBLOCK=64 O_EXCL=32
    O_DSYNC=16 O_APPEND=8 O_CREAT=4 O_RDWR=3 O_WRONLY=2 O_RDONLY=1 O_CLOEXEC=4096 O_NONE=0 O_TMPFILE=8192
    O_F_CREATED=16384 FD_UPPER_LAYER=32768 FD_LOWER_LAYER=65536
    ]],
    creat_flags = [[
    FD_UPPER_LAYER_CREAT=1 FD_LOWER_LAYER_CREAT=2
    ]],
    flock_flags = [[
    LOCK_SH=1 LOCK_EX=2 LOCK_NB=4 LOCK_UN=8 LOCK_NONE=0
    ]],
    clone_flags = [[
    CLONE_FILES=1 CLONE_FS=2 CLONE_IO=4 CLONE_NEWIPC=8 CLONE_NEWNET=16 CLONE_NEWNS=32 CLONE_NEWPID=64
    CLONE_NEWUTS=128 CLONE_PARENT=256 CLONE_PARENT_SETTID=512 CLONE_PTRACE=1024 CLONE_SIGHAND=2048
    CLONE_SYSVSEM=4096 CLONE_THREAD=8192 CLONE_UNTRACED=16384 CLONE_VM=32768 CLONE_INVERTED=65536
    NAME_CHANGED=131072 CLOSED=262144 CLONE_NEWUSER=1048576 CLONE_CHILD_CLEARTID=8388608
    CLONE_CHILD_SETTID=16777216 CLONE_SETTLS=33554432 CLONE_STOPPED=67108864 CLONE_VFORK=134217728
    CLONE_NEWCGROUP=268435456 CLONE_CHILD_IN_PIDNS=536870912
    ]],
    futex_operations = [[
    FUTEX_CLOCK_REALTIME=256 FUTEX_PRIVATE_FLAG=128 FUTEX_CMP_REQUEUE_PI=12 FUTEX_WAIT_REQUEUE_PI=11
    FUTEX_WAKE_BITSET=10 FUTEX_WAIT_BITSET=9 FUTEX_TRYLOCK_PI=8 FUTEX_UNLOCK_PI=7 FUTEX_LOCK_PI=6
    FUTEX_WAKE_OP=5 FUTEX_CMP_REQUEUE=4 FUTEX_REQUEUE=3 FUTEX_FD=2 FUTEX_WAKE=1 FUTEX_WAIT=0
    ]],
    poll_flags = [[
    POLLIN=1 POLLPRI=2 POLLOUT=4 POLLRDHUP=8 POLLERR=16 POLLHUP=32 POLLNVAL=64 POLLRDNORM=128 POLLRDBAND=256
    POLLWRNORM=512 POLLWRBAND=1024
    ]],
    mount_flags = [[
    RDONLY=1 NOSUID=2 NODEV=4 NOEXEC=8 SYNCHRONOUS=16 REMOUNT=32 MANDLOCK=64 DIRSYNC=128 NOATIME=1024
    NODIRATIME=2048 BIND=4096 MOVE=8192 REC=16384 SILENT=32768 POSIXACL=65536 UNBINDABLE=131072 PRIVATE=262144
    SLAVE=524288 SHARED=1048576 RELATIME=2097152 KERNMOUNT=4194304 I_VERSION=8388608 STRICTATIME=16777216
    LAZYTIME=33554432 NOSEC=268435456 BORN=536870912 ACTIVE=1073741824 NOUSER=2147483648
    ]],
    umount_flags = [[
    FORCE=1 DETACH=2 EXPIRE=4 NOFOLLOW=8
    ]],
    lseek_whence = [[
    SEEK_END=2 SEEK_CUR=1 SEEK_SET=0
    ]],
    shutdown_how = [[
    SHUT_UNKNOWN=65535 SHUT_RDWR=2 SHUT_WR=1 SHUT_RD=0
    ]],
    rlimit_resources = [[
    RLIMIT_UNKNOWN=255 RLIMIT_RTTIME=15 RLIMIT_RTPRIO=14 RLIMIT_NICE=13 RLIMIT_MSGQUEUE=12 RLIMIT_SIGPENDING=11
    RLIMIT_LOCKS=10 RLIMIT_AS=9 RLIMIT_MEMLOCK=8 RLIMIT_NOFILE=7 RLIMIT_NPROC=6 RLIMIT_RSS=5 RLIMIT_CORE=4
    RLIMIT_STACK=3 RLIMIT_DATA=2 RLIMIT_FSIZE=1 RLIMIT_CPU=0
    ]],
    fcntl_commands = [[
    F_GETPIPE_SZ=29 F_SETPIPE_SZ=28 F_NOTIFY=27 F_DUPFD_CLOEXEC=26 F_CANCELLK=25 F_GETLEASE=24 F_SETLEASE=23
    F_GETOWN_EX=22 F_SETOWN_EX=21 F_SETLKW64=19 F_SETLK64=18 F_GETLK64=17 F_GETSIG=15 F_SETSIG=13 F_GETOWN=12
    F_SETOWN=10 F_SETLKW=9 F_SETLK=8 F_GETLK=6 F_SETFL=5 F_GETFL=4 F_SETFD=3 F_GETFD=2 F_DUPFD=1 F_OFD_GETLK=30
    F_OFD_SETLK=31 F_OFD_SETLKW=32 UNKNOWN=0
    ]],
    sockopt_levels = [[
    SOL_SOCKET=1 SOL_TCP=2 UNKNOWN=0
    ]],
    sockopt_options = [[
    SO_COOKIE=53 SO_MEMINFO=52 SO_PEERGROUPS=51 SO_ATTACH_BPF=50 SO_INCOMING_CPU=49 SO_BPF_EXTENSIONS=48
    SO_MAX_PACING_RATE=47 SO_BUSY_POLL=46 SO_SELECT_ERR_QUEUE=45 SO_LOCK_FILTER=44 SO_NOFCS=43 SO_PEEK_OFF=42
    SO_WIFI_STATUS=41 SO_RXQ_OVFL=40 SO_DOMAIN=39 SO_PROTOCOL=38 SO_TIMESTAMPING=37 SO_MARK=36
    SO_TIMESTAMPNS=35 SO_PASSSEC=34 SO_PEERSEC=31 SO_ACCEPTCONN=30 SO_TIMESTAMP=29 SO_PEERNAME=28
    SO_DETACH_FILTER=27 SO_ATTACH_FILTER=26 SO_BINDTODEVICE=25 SO_SECURITY_ENCRYPTION_NETWORK=24
    SO_SECURITY_ENCRYPTION_TRANSPORT=23 SO_SECURITY_AUTHENTICATION=22 SO_SNDTIMEO=21 SO_RCVTIMEO=20
    SO_SNDLOWAT=19 SO_RCVLOWAT=18 SO_PEERCRED=17 SO_PASSCRED=16 SO_REUSEPORT=15 SO_BSDCOMPAT=14 SO_LINGER=13
    SO_PRIORITY=12 SO_NO_CHECK=11 SO_OOBINLINE=10 SO_KEEPALIVE=9 SO_RCVBUFFORCE=33 SO_SNDBUFFORCE=32
    SO_RCVBUF=8 SO_SNDBUF=7 SO_BROADCAST=6 SO_DONTROUTE=5 SO_ERROR=4 SO_TYPE=3 SO_REUSEADDR=2 SO_DEBUG=1
    UNKNOWN=0
    ]],
    ptrace_requests = [[
    PTRACE_SINGLEBLOCK=38 PTRACE_SYSEMU_SINGLESTEP=37 PTRACE_SYSEMU=36 PTRACE_ARCH_PRCTL=35
    PTRACE_SET_THREAD_AREA=34 PTRACE_GET_THREAD_AREA=33 PTRACE_OLDSETOPTIONS=32 PTRACE_SETFPXREGS=31
    PTRACE_GETFPXREGS=30 PTRACE_SETFPREGS=29 PTRACE_GETFPREGS=28 PTRACE_SETREGS=27 PTRACE_GETREGS=26
    PTRACE_SETSIGMASK=25 PTRACE_GETSIGMASK=24 PTRACE_PEEKSIGINFO=23 PTRACE_LISTEN=22 PTRACE_INTERRUPT=21
    PTRACE_SEIZE=20 PTRACE_SETREGSET=19 PTRACE_GETREGSET=18 PTRACE_SETSIGINFO=17 PTRACE_GETSIGINFO=16
    PTRACE_GETEVENTMSG=15 PTRACE_SETOPTIONS=14 PTRACE_SYSCALL=13 PTRACE_DETACH=12 PTRACE_ATTACH=11
    PTRACE_SINGLESTEP=10 PTRACE_KILL=9 PTRACE_CONT=8 PTRACE_POKEUSR=7 PTRACE_POKEDATA=6 PTRACE_POKETEXT=5
    PTRACE_PEEKUSR=4 PTRACE_PEEKDATA=3 PTRACE_PEEKTEXT=2 PTRACE_TRACEME=1 PTRACE_UNKNOWN=0
    ]],
    prot_flags = [[
    PROT_READ=1 PROT_WRITE=2 PROT_EXEC=4 PROT_SEM=8 PROT_GROWSDOWN=16 PROT_GROWSUP=32 PROT_SAO=64 PROT_NONE=0
    ]],
    mmap_flags = [[
    MAP_SHARED=1 MAP_PRIVATE=2 MAP_FIXED=4 MAP_ANONYMOUS=8 MAP_32BIT=16 MAP_RENAME=32 MAP_NORESERVE=64
    MAP_POPULATE=128 MAP_NONBLOCK=256 MAP_GROWSDOWN=512 MAP_DENYWRITE=1024 MAP_EXECUTABLE=2048 MAP_INHERIT=4096
    MAP_FILE=8192 MAP_LOCKED=16384
    ]],
    splice_flags = [[
    SPLICE_F_MOVE=1 SPLICE_F_NONBLOCK=2 SPLICE_F_MORE=4 SPLICE_F_GIFT=8
    ]],
    quotactl_dqi_flags = [[
    DQF_NONE=1 V1_DQF_RSQUASH=2
    ]],
    quotactl_cmds = [[
    Q_QUOTAON=1 Q_QUOTAOFF=2 Q_GETFMT=4 Q_GETINFO=8 Q_SETINFO=16 Q_GETQUOTA=32 Q_SETQUOTA=64 Q_SYNC=128
    Q_XQUOTAON=256 Q_XQUOTAOFF=512 Q_XGETQUOTA=1024 Q_XSETQLIM=2048 Q_XGETQSTAT=4096 Q_XQUOTARM=8192
    Q_XQUOTASYNC=16384
    ]],
    quotactl_types = [[
    USRQUOTA=1 GRPQUOTA=2
    ]],
    quotactl_quota_fmts = [[
    QFMT_NOT_USED=1 QFMT_VFS_OLD=2 QFMT_VFS_V0=4 QFMT_VFS_V1=8
    ]],
    semop_flags = [[
    IPC_NOWAIT=1 SEM_UNDO=2
    ]],
    semget_flags = [[
    IPC_EXCL=16384 IPC_CREAT=8192
    ]],
    semctl_commands = [[
    IPC_STAT=1 IPC_SET=2 IPC_RMID=4 IPC_INFO=8 SEM_INFO=16 SEM_STAT=32 GETALL=64 GETNCNT=128 GETPID=256
    GETVAL=512 GETZCNT=1024 SETALL=2048 SETVAL=4096
    ]],
    access_flags = [[
    F_OK=0 R_OK=4 W_OK=2 X_OK=1
    ]],
    pf_flags = [[
    PROTECTION_VIOLATION=1 PAGE_NOT_PRESENT=2 WRITE_ACCESS=4 READ_ACCESS=8 USER_FAULT=16 SUPERVISOR_FAULT=32
    RESERVED_PAGE=64 INSTRUCTION_FETCH=128
    ]],
    unlinkat_flags = [[
    AT_REMOVEDIR=512
    ]],
    linkat_flags = [[
    AT_SYMLINK_FOLLOW=1024 AT_EMPTY_PATH=4096
    ]],
    newfstatat_flags = [[
    AT_EMPTY_PATH=4096 AT_NO_AUTOMOUNT=2048 AT_SYMLINK_NOFOLLOW=256
    ]],
    chmod_mode = [[
    S_IXOTH=1 S_IWOTH=2 S_IROTH=4 S_IXGRP=8 S_IWGRP=16 S_IRGRP=32 S_IXUSR=64 S_IWUSR=128 S_IRUSR=256
    S_ISVTX=512 S_ISGID=1024 S_ISUID=2048
    ]],
    fchownat_flags = [[
    AT_SYMLINK_NOFOLLOW=1024 AT_EMPTY_PATH=4096
    ]],
    renameat2_flags = [[
    RENAME_NOREPLACE=1 RENAME_EXCHANGE=2 RENAME_WHITEOUT=4
    ]],
    openat2_flags = [[
    RESOLVE_BENEATH=1 RESOLVE_IN_ROOT=2 RESOLVE_NO_MAGICLINKS=4 RESOLVE_NO_SYMLINKS=8 RESOLVE_NO_XDEV=16
    RESOLVE_CACHED=32
    ]],
    execve_flags = [[
    EXE_WRITABLE=1 EXE_UPPER_LAYER=2 EXE_FROM_MEMFD=4 EXE_LOWER_LAYER=8
    ]],
    execveat_flags = [[
    AT_EMPTY_PATH=1 AT_SYMLINK_NOFOLLOW=2
    ]],
    io_uring_setup_flags = [[
    IORING_SETUP_IOPOLL=1 IORING_SETUP_SQPOLL=2 IORING_SQ_NEED_WAKEUP=4 IORING_SETUP_SQ_AFF=8
    IORING_SETUP_CQSIZE=16 IORING_SETUP_CLAMP=32 IORING_SETUP_ATTACH_RW=64 IORING_SETUP_R_DISABLED=128
    ]],
    io_uring_setup_feats = [[
    IORING_FEAT_SINGLE_MMAP=1 IORING_FEAT_NODROP=2 IORING_FEAT_SUBMIT_STABLE=4 IORING_FEAT_RW_CUR_POS=8
    IORING_FEAT_CUR_PERSONALITY=16 IORING_FEAT_FAST_POLL=32 IORING_FEAT_POLL_32BITS=64
    IORING_FEAT_SQPOLL_NONFIXED=128 IORING_FEAT_ENTER_EXT_ARG=256 IORING_FEAT_NATIVE_WORKERS=512
    IORING_FEAT_RSRC_TAGS=1024
    ]],
    io_uring_enter_flags = [[
    IORING_ENTER_GETEVENTS=1 IORING_ENTER_SQ_WAKEUP=2 IORING_ENTER_SQ_WAIT=4 IORING_ENTER_EXT_ARG=8
    ]],
    io_uring_register_opcodes = [[
    IORING_REGISTER_BUFFERS=0 IORING_UNREGISTER_BUFFERS=1 IORING_REGISTER_FILES=2 IORING_UNREGISTER_FILES=3
    IORING_REGISTER_EVENTFD=4 IORING_UNREGISTER_EVENTFD=5 IORING_REGISTER_FILES_UPDATE=6
    IORING_REGISTER_EVENTFD_ASYNC=7 IORING_REGISTER_PROBE=8 IORING_REGISTER_PERSONALITY=9
    IORING_UNREGISTER_PERSONALITY=10 IORING_REGISTER_RESTRICTIONS=11 IORING_REGISTER_ENABLE_RINGS=12
    IORING_REGISTER_FILES2=13 IORING_REGISTER_FILES_UPDATE2=14 IORING_REGISTER_BUFFERS2=15
    IORING_REGISTER_BUFFERS_UPDATE=16 IORING_REGISTER_IOWQ_AFF=17 IORING_UNREGISTER_IOWQ_AFF=18
    IORING_REGISTER_IOWQ_MAX_WORKERS=19 IORING_REGISTER_RING_FDS=20 IORING_UNREGISTER_RING_FDS=21
    ]],
    mlockall_flags = [[
    MCL_CURRENT=1 MCL_FUTURE=2 MCL_ONFAULT=4
    ]],
    mlock2_flags = [[
    MLOCK_ONFAULT=1
    ]],
    fsconfig_cmds = [[
    FSCONFIG_SET_FLAG=0 FSCONFIG_SET_STRING=1 FSCONFIG_SET_BINARY=2 FSCONFIG_SET_PATH=3
    FSCONFIG_SET_PATH_EMPTY=4 FSCONFIG_SET_FD=5 FSCONFIG_CMD_CREATE=6 FSCONFIG_CMD_RECONFIGURE=7
    ]],
    epoll_create1_flags = [[
    EPOLL_CLOEXEC=1
    ]],
    prctl_options = [[
    PR_GET_DUMPABLE=3 PR_SET_DUMPABLE=4 PR_GET_KEEPCAPS=7 PR_SET_KEEPCAPS=8 PR_SET_NAME=15 PR_GET_NAME=16
    PR_GET_SECCOMP=21 PR_SET_SECCOMP=22 PR_CAPBSET_READ=23 PR_CAPBSET_DROP=24 PR_GET_SECUREBITS=27
    PR_SET_SECUREBITS=28 PR_MCE_KILL=33 PR_MCE_KILL=33 PR_SET_MM=35 PR_SET_CHILD_SUBREAPER=36
    PR_GET_CHILD_SUBREAPER=37 PR_SET_NO_NEW_PRIVS=38 PR_GET_NO_NEW_PRIVS=39 PR_GET_TID_ADDRESS=40
    PR_SET_THP_DISABLE=41 PR_GET_THP_DISABLE=42 PR_CAP_AMBIENT=47
    ]],
    keyctl_operations = [[
    KEYCTL_GET_KEYRING_ID=0 KEYCTL_JOIN_SESSION_KEYRING=1 KEYCTL_UPDATE=2 KEYCTL_REVOKE=3 KEYCTL_CHOWN=4
    KEYCTL_SETPERM=5 KEYCTL_DESCRIBE=6 KEYCTL_CLEAR=7 KEYCTL_LINK=8 KEYCTL_UNLINK=9 KEYCTL_SEARCH=10
    KEYCTL_READ=11 KEYCTL_INSTANTIATE=12 KEYCTL_NEGATE=13 KEYCTL_SET_REQKEY_KEYRING=14 KEYCTL_SET_TIMEOUT=15
    KEYCTL_ASSUME_AUTHORITY=16 KEYCTL_GET_SECURITY=17 KEYCTL_SESSION_TO_PARENT=18 KEYCTL_REJECT=19
    KEYCTL_INSTANTIATE_IOV=20 KEYCTL_INVALIDATE=21 KEYCTL_GET_PERSISTENT=22 KEYCTL_DH_COMPUTE=23
    KEYCTL_PKEY_QUERY=24 KEYCTL_PKEY_ENCRYPT=25 KEYCTL_PKEY_DECRYPT=26 KEYCTL_PKEY_SIGN=27
    KEYCTL_PKEY_VERIFY=28 KEYCTL_RESTRICT_KEYRING=29 KEYCTL_MOVE=30 KEYCTL_CAPABILITIES=31 KEYCTL_WATCH_KEY=32
    ]],
    memfd_create_flags = [[
    MFD_CLOEXEC=1 MFD_ALLOW_SEALING=2 MFD_HUGETLB=4
    ]],
    pidfd_open_flags = [[
    PIDFD_NONBLOCK=1
    ]],
    mknod_mode = [[
    S_IXOTH=1 S_IWOTH=2 S_IROTH=4 S_IXGRP=8 S_IWGRP=16 S_IRGRP=32 S_IXUSR=64 S_IWUSR=128 S_IRUSR=256
    S_ISVTX=512 S_ISGID=1024 S_ISUID=2048 S_IFREG=32768 S_IFCHR=8192 S_IFBLK=24576 S_IFIFO=4096 S_IFSOCK=49152
    ]],
    bpf_commands = [[
    BPF_MAP_CREATE=0 BPF_MAP_LOOKUP_ELEM=1 BPF_MAP_UPDATE_ELEM=2 BPF_MAP_DELETE_ELEM=3 BPF_MAP_GET_NEXT_KEY=4
    BPF_PROG_LOAD=5 BPF_OBJ_PIN=6 BPF_OBJ_GET=7 BPF_PROG_ATTACH=8 BPF_PROG_DETACH=9 BPF_PROG_TEST_RUN=10
    BPF_PROG_RUN=10 BPF_PROG_GET_NEXT_ID=11 BPF_MAP_GET_NEXT_ID=12 BPF_PROG_GET_FD_BY_ID=13
    BPF_MAP_GET_FD_BY_ID=14 BPF_OBJ_GET_INFO_BY_FD=15 BPF_PROG_QUERY=16 BPF_RAW_TRACEPOINT_OPEN=17
    BPF_BTF_LOAD=18 BPF_BTF_GET_FD_BY_ID=19 BPF_TASK_FD_QUERY=20 BPF_MAP_LOOKUP_AND_DELETE_ELEM=21
    BPF_MAP_FREEZE=22 BPF_BTF_GET_NEXT_ID=23 BPF_MAP_LOOKUP_BATCH=24 BPF_MAP_LOOKUP_AND_DELETE_BATCH=25
    BPF_MAP_UPDATE_BATCH=26 BPF_MAP_DELETE_BATCH=27 BPF_LINK_CREATE=28 BPF_LINK_UPDATE=29
    BPF_LINK_GET_FD_BY_ID=30 BPF_LINK_GET_NEXT_ID=31 BPF_ENABLE_STATS=32 BPF_ITER_CREATE=33 BPF_LINK_DETACH=34
    BPF_PROG_BIND_MAP=35
    ]],
    delete_module_flags = [[
    O_NONBLOCK=2 O_TRUNC=1
    ]],
    close_range_flags = [[
    CLOSE_RANGE_UNSHARE=2 CLOSE_RANGE_CLOEXEC=4
    ]],
    finit_module_flags = [[
    MODULE_INIT_IGNORE_MODVERSIONS=1 MODULE_INIT_IGNORE_VERMAGIC=2 MODULE_INIT_COMPRESSED_FILE=4
    ]],
    anon_inode_fd_types = [[
    ANON_INODE_FD_TYPE_UNKNOWN=0 ANON_INODE_FD_TYPE_EVENTFD=1 ANON_INODE_FD_TYPE_EVENTPOLL=2
    ANON_INODE_FD_TYPE_INOTIFY=3 ANON_INODE_FD_TYPE_SIGNALFD=4 ANON_INODE_FD_TYPE_TIMERFD=5
    ANON_INODE_FD_TYPE_IO_URING=6 ANON_INODE_FD_TYPE_USERFAULTFD=7 ANON_INODE_FD_TYPE_PIDFD=8
    ANON_INODE_FD_TYPE_BPF_MAP=9 ANON_INODE_FD_TYPE_BPF_PROG=10 ANON_INODE_FD_TYPE_BPF_LINK=11
    ANON_INODE_FD_TYPE_BPF_ITER=12 ANON_INODE_FD_TYPE_PERF_EVENT=13
    ]],
  },
  errors = [[
  EPERM=1 ENOENT=2 ESRCH=3 EINTR=4 EIO=5 ENXIO=6 E2BIG=7 ENOEXEC=8 EBADF=9 ECHILD=10 EAGAIN=11 ENOMEM=12
  EACCES=13 EFAULT=14 ENOTBLK=15 EBUSY=16 EEXIST=17 EXDEV=18 ENODEV=19 ENOTDIR=20 EISDIR=21 EINVAL=22
  ENFILE=23 EMFILE=24 ENOTTY=25 ETXTBSY=26 EFBIG=27 ENOSPC=28 ESPIPE=29 EROFS=30 EMLINK=31 EPIPE=32 EDOM=33
  ERANGE=34 EDEADLK=35 ENAMETOOLONG=36 ENOLCK=37 ENOSYS=38 ENOTEMPTY=39 ELOOP=40 ENOMSG=42 EIDRM=43 ECHRNG=44
  EL2NSYNC=45 EL3HLT=46 EL3RST=47 ELNRNG=48 EUNATCH=49 ENOCSI=50 EL2HLT=51 EBADE=52 EBADR=53 EXFULL=54
  ENOANO=55 EBADRQC=56 EBADSLT=57 EBFONT=59 ENOSTR=60 ENODATA=61 ETIME=62 ENOSR=63 ENONET=64 ENOPKG=65
  EREMOTE=66 ENOLINK=67 EADV=68 ESRMNT=69 ECOMM=70 EPROTO=71 EMULTIHOP=72 EDOTDOT=73 EBADMSG=74 EOVERFLOW=75
  ENOTUNIQ=76 EBADFD=77 EREMCHG=78 ELIBACC=79 ELIBBAD=80 ELIBSCN=81 ELIBMAX=82 ELIBEXEC=83 EILSEQ=84
  ERESTART=85 ESTRPIPE=86 EUSERS=87 ENOTSOCK=88 EDESTADDRREQ=89 EMSGSIZE=90 EPROTOTYPE=91 ENOPROTOOPT=92
  EPROTONOSUPPORT=93 ESOCKTNOSUPPORT=94 EOPNOTSUPP=95 EPFNOSUPPORT=96 EAFNOSUPPORT=97 EADDRINUSE=98
  EADDRNOTAVAIL=99 ENETDOWN=100 ENETUNREACH=101 ENETRESET=102 ECONNABORTED=103 ECONNRESET=104 ENOBUFS=105
  EISCONN=106 ENOTCONN=107 ESHUTDOWN=108 ETOOMANYREFS=109 ETIMEDOUT=110 ECONNREFUSED=111 EHOSTDOWN=112
  EHOSTUNREACH=113 EALREADY=114 EINPROGRESS=115 ESTALE=116 EUCLEAN=117 ENOTNAM=118 ENAVAIL=119 EISNAM=120
  EREMOTEIO=121 EDQUOT=122 ENOMEDIUM=123 EMEDIUMTYPE=124 ECANCELED=125 ERESTARTSYS=512 ERESTARTNOINTR=513
  ERESTARTNOHAND=514 ENOIOCTLCMD=515 ERESTART_RESTARTBLOCK=516 EBADHANDLE=521 ENOTSYNC=522 EBADCOOKIE=523
  ENOTSUPP=524 ETOOSMALL=525 ESERVERFAULT=526 EBADTYPE=527 EJUKEBOX=528 EIOCBQUEUED=529 EIOCBRETRY=530
  ]],
  signals = [[
  SIGHUP=1 SIGINT=2 SIGQUIT=3 SIGILL=4 SIGTRAP=5 SIGABRT=6 SIGBUS=7 SIGFPE=8 SIGKILL=9 SIGUSR1=10
  SIGSEGV=11 SIGUSR2=12 SIGPIPE=13 SIGALRM=14 SIGTERM=15 SIGSTKFLT=16 SIGCHLD=17 SIGCONT=18 SIGSTOP=19
  SIGTSTP=20 SIGTTIN=21 SIGTTOU=22 SIGURG=23 SIGXCPU=24 SIGXFSZ=25 SIGVTALRM=26 SIGPROF=27 SIGWINCH=28
  SIGIO=29 SIGPWR=30 SIGSYS=31
  ]],
  syscalls = [[
  0=unknown 1=restart_syscall 2=exit 3=read 4=write 5=open 6=close 7=creat 8=link 9=unlink 10=chdir
  11=time 12=mknod 13=chmod 14=stat 15=lseek 16=getpid 17=mount 18=ptrace 19=alarm 20=fstat 21=pause
  22=utime 23=access 24=sync 25=kill 26=rename 27=mkdir 28=rmdir 29=dup 30=pipe 31=times 32=brk 33=acct
  34=ioctl 35=fcntl 36=setpgid 37=umask 38=chroot 39=ustat 40=dup2 41=getppid 42=getpgrp 43=setsid
  44=sethostname 45=setrlimit 46=getrusage 47=gettimeofday 48=settimeofday 49=symlink 50=lstat 51=readlink
  52=uselib 53=swapon 54=reboot 55=mmap 56=munmap 57=truncate 58=ftruncate 59=fchmod 60=getpriority
  61=setpriority 62=statfs 63=fstatfs 64=syslog 65=setitimer 66=getitimer 67=uname 68=vhangup 69=wait4
  70=swapoff 71=sysinfo 72=fsync 73=setdomainname 74=adjtimex 75=mprotect 76=init_module 77=delete_module
  78=quotactl 79=getpgid 80=fchdir 81=sysfs 82=personality 83=getdents 84=select 85=flock 86=msync
  87=readv 88=writev 89=getsid 90=fdatasync 91=mlock 92=munlock 93=mlockall 94=munlockall 95=sched_setparam
  96=sched_getparam 97=sched_setscheduler 98=sched_getscheduler 99=sched_yield 100=sched_get_priority_max
  101=sched_get_priority_min 102=sched_rr_get_interval 103=nanosleep 104=mremap 105=poll 106=prctl
  107=rt_sigaction 108=rt_sigprocmask 109=rt_sigpending 110=rt_sigtimedwait 111=rt_sigqueueinfo
  112=rt_sigsuspend 113=getcwd 114=capget 115=capset 116=sendfile 117=getrlimit 118=lchown 119=getuid
  120=getgid 121=geteuid 122=getegid 123=setreuid 124=setregid 125=getgroups 126=setgroups 127=fchown
  128=setresuid 129=getresuid 130=setresgid 131=getresgid 132=chown 133=setuid 134=setgid 135=setfsuid
  136=setfsgid 137=pivot_root 138=mincore 139=madvise 140=gettid 141=setxattr 142=lsetxattr 143=fsetxattr
  144=getxattr 145=lgetxattr 146=fgetxattr 147=listxattr 148=llistxattr 149=flistxattr 150=removexattr
  151=lremovexattr 152=fremovexattr 153=tkill 154=futex 155=sched_setaffinity 156=sched_getaffinity
  157=set_thread_area 158=get_thread_area 159=io_setup 160=io_destroy 161=io_getevents 162=io_submit
  163=io_cancel 164=exit_group 165=epoll_create 166=epoll_ctl 167=epoll_wait 168=remap_file_pages
  169=set_tid_address 170=timer_create 171=timer_settime 172=timer_gettime 173=timer_getoverrun
  174=timer_delete 175=clock_settime 176=clock_gettime 177=clock_getres 178=clock_nanosleep
  179=tgkill 180=utimes 181=mq_open 182=mq_unlink 183=mq_timedsend 184=mq_timedreceive 185=mq_notify
  186=mq_getsetattr 187=kexec_load 188=waitid 189=add_key 190=request_key 191=keyctl 192=ioprio_set
  193=ioprio_get 194=inotify_init 195=inotify_add_watch 196=inotify_rm_watch 197=openat 198=mkdirat
  199=mknodat 200=fchownat 201=futimesat 202=unlinkat 203=renameat 204=linkat 205=symlinkat 206=readlinkat
  207=fchmodat 208=faccessat 209=pselect6 210=ppoll 211=unshare 212=set_robust_list 213=get_robust_list
  214=splice 215=tee 216=vmsplice 217=getcpu 218=epoll_pwait 219=utimensat 220=signalfd 221=timerfd_create
  222=eventfd 223=timerfd_settime 224=timerfd_gettime 225=signalfd4 226=eventfd2 227=epoll_create1
  228=dup3 229=pipe2 230=inotify_init1 231=preadv 232=pwritev 233=rt_tgsigqueueinfo 234=perf_event_open
  235=fanotify_init 236=prlimit64 237=clock_adjtime 238=syncfs 239=setns 240=getdents64 241=socket 242=bind
  243=connect 244=listen 245=accept 246=getsockname 247=getpeername 248=socketpair 249=sendto 250=recvfrom
  251=shutdown 252=setsockopt 253=getsockopt 254=sendmsg 255=sendmmsg 256=recvmsg 257=recvmmsg 258=accept4
  259=semop 260=semget 261=semctl 262=msgsnd 263=msgrcv 264=msgget 265=msgctl 266=shmdt 267=shmget 268=shmctl
  269=statfs64 270=fstatfs64 271=fstatat64 272=sendfile64 273=ugetrlimit 274=bdflush 275=sigprocmask 276=ipc
  277=socketcall 278=stat64 279=lstat64 280=fstat64 281=fcntl64 282=mmap2 283=_newselect 284=sgetmask
  285=ssetmask 286=sigpending 287=olduname 288=umount 289=signal 290=nice 291=stime 292=_llseek 293=waitpid
  294=pread64 295=pwrite64 296=arch_prctl 297=shmat 298=rt_sigreturn 299=fallocate 300=newfstatat
  301=process_vm_readv 302=process_vm_writev 303=fork 304=vfork 305=setuid32 306=getuid32 307=setgid32
  308=geteuid32 309=getgid32 310=setresuid32 311=setresgid32 312=getresuid32 313=getresgid32 314=finit_module
  315=bpf 316=seccomp 317=sigaltstack 318=getrandom 319=fadvise64 320=renameat2 321=userfaultfd 322=openat2
  323=umount2 324=execve 325=execveat 326=copy_file_range 327=clone 328=clone3 329=open_by_handle_at
  330=io_uring_setup 331=io_uring_enter 332=io_uring_register 333=mlock2 334=getegid32 335=fsconfig
  336=fspick 337=fsmount 338=fsopen 339=open_tree 340=move_mount 341=mount_setattr 342=memfd_create
  343=memfd_secret 344=ioperm 345=kexec_file_load 346=pidfd_getfd 347=pidfd_open 348=pidfd_send_signal
  349=pkey_alloc 350=pkey_mprotect 351=pkey_free 352=landlock_create_ruleset 353=quotactl_fd
  354=landlock_restrict_self 355=landlock_add_rule 356=epoll_pwait2 357=migrate_pages 358=move_pages
  359=preadv2 360=pwritev2 361=kcmp 362=sched_setattr 363=mbind 364=epoll_ctl_old 365=lookup_dcookie
  366=modify_ldt 367=statx 368=set_mempolicy 369=io_pgetevents 370=set_mempolicy_home_node 371=semtimedop
  372=get_kernel_syms 373=readahead 374=futex_waitv 375=getpmsg 376=name_to_handle_at 377=process_mrelease
  378=nfsservctl 379=epoll_wait_old 380=rseq 381=create_module 383=sched_getattr 384=faccessat2 385=_sysctl
  386=query_module 387=get_mempolicy 388=sync_file_range 389=process_madvise 390=membarrier 391=iopl
  392=close_range 393=fanotify_mark 394=recv 395=send 396=sched_process_exit 397=sched_switch
  398=page_fault_user 399=page_fault_kernel 400=signal_deliver 401=timerfd 402=s390_pci_mmio_read
  403=sigaction 404=s390_pci_mmio_write 405=readdir 406=s390_sthyi 407=sigsuspend 408=idle
  409=s390_runtime_instr 410=sigreturn 411=s390_guarded_storage 412=cachestat 413=fchmodat2
  414=map_shadow_stack 415=riscv_flush_icache 416=riscv_hwprobe 417=futex_wake 418=futex_requeue
  419=futex_wait 420=oldstat 421=switch_endian 422=multiplexer 423=oldlstat 424=spu_create
  425=sync_file_range2 426=oldfstat 427=spu_run 428=swapcontext 429=pciconfig_write 430=rtas
  431=pciconfig_read 432=sys_debug_setcontext 433=vm86 434=oldolduname 435=subpage_prot 436=pciconfig_iobase
  437=listmount 438=statmount 439=lsm_get_self_attr 440=lsm_set_self_attr 441=lsm_list_modules 442=mseal
  443=uretprobe 444=removexattrat 445=listxattrat 446=getxattrat 447=setxattrat 448=open_tree_attr
  449=file_getattr 450=file_setattr 451=listns 452=uprobe 453=rseq_slice_yield
  ]],
  events = [[
  0 syscall other s
  1 syscall other s
  2 open file sc 2:hex,file_flags 3:oct
  3 open file sc 3:hex,file_flags 4:oct 5:hex
  4 close io sdu
  5 close io sdu
  6 read read sur
  7 read read sur
  8 write write suw
  9 write write suw
  10 brk memory s
  11 brk memory s 1:hex
  12 execve process s
  13 execve process s
  14 clone process s
  15 clone process s 9:hex,clone_flags
  16 procexit process -
  17 NA unknown -
  18 socket net sc 1:socket_families
  19 socket net sc 2:socket_families 5:hex,file_flags
  20 bind net su
  21 bind net su
  22 connect net su
  23 connect net su
  24 listen net su
  25 listen net su
  26 accept net sc
  27 accept net sc
  28 send write suw
  29 send write suw
  30 sendto write suw
  31 sendto write suw
  32 recv read sur
  33 recv read sur
  34 recvfrom read sur
  35 recvfrom read sur
  36 shutdown net su 2:hex,shutdown_how
  37 shutdown net su 3:hex,shutdown_how
  38 getsockname net s
  39 getsockname net s
  40 getpeername net s
  41 getpeername net s
  42 socketpair IPC sc 1:socket_families
  43 socketpair IPC sc 4:hex 5:hex 6:socket_families
  44 setsockopt net s
  45 setsockopt net su 3:sockopt_levels 4:sockopt_options
  46 getsockopt net s
  47 getsockopt net su 3:sockopt_levels 4:sockopt_options
  48 sendmsg write suw
  49 sendmsg write suw
  50 sendmmsg write s
  51 sendmmsg write suw
  52 recvmsg read sur
  53 recvmsg read sur
  54 recvmmsg read s
  55 recvmmsg read sur
  56 accept net sc 1:hex
  57 accept net sc
  58 creat file sc 2:oct
  59 creat file sc 3:oct 4:hex 6:hex,creat_flags
  60 pipe IPC sc
  61 pipe IPC sc
  62 eventfd IPC sc 2:hex
  63 eventfd IPC sc 3:hex
  64 futex IPC s 1:hex 2:hex,futex_operations
  65 futex IPC s 2:hex 3:hex,futex_operations
  66 stat file s
  67 stat file s
  68 lstat file s
  69 lstat file s
  70 fstat file su
  71 fstat file su
  72 stat64 file s
  73 stat64 file s
  74 lstat64 file s
  75 lstat64 file s
  76 fstat64 file su
  77 fstat64 file s
  78 epoll_wait wait sa
  79 epoll_wait wait sa
  80 poll wait sa
  81 poll wait sa
  82 select wait sa
  83 select wait sa
  84 select wait sa
  85 select wait sa
  86 lseek file su 3:lseek_whence
  87 lseek file su 4:lseek_whence
  88 llseek file su 3:lseek_whence
  89 llseek file su 4:lseek_whence
  90 ioctl io su 2:hex
  91 ioctl io su
  92 getcwd file s
  93 getcwd file s
  94 chdir file s
  95 chdir file s
  96 fchdir file su
  97 fchdir file su
  98 mkdir file s 2:hex
  99 mkdir file s
  100 rmdir file s
  101 rmdir file s
  102 openat file sc 3:hex,file_flags 4:oct
  103 openat file sc
  104 link file s
  105 link file s
  106 linkat file s
  107 linkat file s
  108 unlink file s
  109 unlink file s
  110 unlinkat file s
  111 unlinkat file s
  112 pread read sur
  113 pread read sur
  114 pwrite write suw
  115 pwrite write suw
  116 readv read sur
  117 readv read sur
  118 writev write suw
  119 writev write suw
  120 preadv read sur
  121 preadv read sur
  122 pwritev write suw
  123 pwritev write suw
  124 dup io scu
  125 dup io scu
  126 signalfd signal sc 2:hex 3:hex
  127 signalfd signal sc 3:hex 4:hex
  128 kill signal s
  129 kill signal s
  130 tkill signal s
  131 tkill signal s
  132 tgkill signal s
  133 tgkill signal s
  134 nanosleep sleep sa
  135 nanosleep sleep sa
  136 timerfd_create time sc 2:hex
  137 timerfd_create time sc 3:hex
  138 inotify_init IPC sc 1:hex
  139 inotify_init IPC sc 2:hex
  140 getrlimit process s 1:rlimit_resources
  141 getrlimit process s 4:rlimit_resources
  142 setrlimit process s 1:rlimit_resources
  143 setrlimit process s 4:rlimit_resources
  144 prlimit process s 2:rlimit_resources
  145 prlimit process s 7:rlimit_resources
  146 switch scheduler -
  147 NA unknown -
  148 drop internal -
  149 drop internal -
  150 fcntl io su 2:fcntl_commands
  151 fcntl io su 3:fcntl_commands 4:hex
  152 switch scheduler -
  153 NA unknown -
  154 execve process s
  155 execve process s
  156 clone process s
  157 clone process s 14:hex,clone_flags
  158 brk memory s 1:hex
  159 brk memory s 1:hex 5:hex
  160 mmap memory su 1:hex 3:hex,prot_flags 4:hex,mmap_flags
  161 mmap memory su 1:hex 5:hex 7:hex,prot_flags 8:hex,mmap_flags
  162 mmap2 memory su 1:hex 3:hex,prot_flags 4:hex,mmap_flags
  163 mmap2 memory su 1:hex 5:hex 7:hex,prot_flags 8:hex,mmap_flags
  164 munmap memory s 1:hex
  165 munmap memory s 5:hex
  166 splice io su 4:hex,splice_flags
  167 splice io su 5:hex,splice_flags
  168 ptrace process s 1:ptrace_requests
  169 ptrace process s 2:hex 3:hex 4:ptrace_requests
  170 ioctl io su 2:hex 3:hex
  171 ioctl io su 3:hex 4:hex
  172 execve process s
  173 execve process s
  174 rename file s
  175 rename file s
  176 renameat file s
  177 renameat file s 3:@2 5:@4
  178 symlink file s
  179 symlink file s
  180 symlinkat file s
  181 symlinkat file su 4:@3
  182 fork process s
  183 fork process s 14:hex,clone_flags
  184 vfork process s
  185 vfork process s 14:hex,clone_flags
  186 procexit process -
  187 NA unknown -
  188 sendfile write su
  189 sendfile write su
  190 quotactl user s 1:quotactl_cmds 2:quotactl_types 4:quotactl_quota_fmts
  191 quotactl user s 13:quotactl_dqi_flags 14:quotactl_quota_fmts 15:quotactl_cmds 16:quotactl_types 18:quotactl_quota_fmts
  192 setresuid user s
  193 setresuid user s
  194 setresgid user s
  195 setresgid user s
  196 scapevent internal -
  197 NA unknown -
  198 setuid user s
  199 setuid user s
  200 setgid user s
  201 setgid user s
  202 getuid user s
  203 getuid user s
  204 geteuid user s
  205 geteuid user s
  206 getgid user s
  207 getgid user s
  208 getegid user s
  209 getegid user s
  210 getresuid user s
  211 getresuid user s
  212 getresgid user s
  213 getresgid user s
  214 execve process s
  215 execve process s
  216 clone process s
  217 clone process s 15:hex,clone_flags
  218 fork process s
  219 fork process s 15:hex,clone_flags
  220 vfork process s
  221 vfork process s 15:hex,clone_flags
  222 clone process s
  223 clone process s 16:hex,clone_flags
  224 fork process s
  225 fork process s 16:hex,clone_flags
  226 vfork process s
  227 vfork process s 16:hex,clone_flags
  228 container internal -
  229 NA unknown -
  230 execve process s
  231 execve process s
  232 signaldeliver signal -
  233 NA unknown -
  234 procinfo internal -
  235 NA unknown -
  236 getdents file su
  237 getdents file su
  238 getdents64 file su
  239 getdents64 file su
  240 setns process su 2:hex,clone_flags
  241 setns process su 3:hex,clone_flags
  242 flock file su 2:hex,flock_flags
  243 flock file su 3:hex,flock_flags
  244 cpu_hotplug system -
  245 NA unknown -
  246 accept net sc
  247 accept net sc
  248 accept net sc 1:hex
  249 accept net sc
  250 semop process s
  251 semop process s 5:hex,semop_flags 8:hex,semop_flags
  252 semctl process s 3:hex,semctl_commands
  253 semctl process s 4:hex,semctl_commands
  254 ppoll wait sa
  255 ppoll wait sa
  256 mount file s 1:hex,mount_flags
  257 mount file s 5:hex,mount_flags
  258 umount file s 1:hex,umount_flags
  259 umount file s
  260 k8s internal -
  261 NA unknown -
  262 semget process s 1:hex 3:hex,semget_flags
  263 semget process s 2:hex 4:hex,semget_flags
  264 access file s 1:hex,access_flags
  265 access file s 3:hex,access_flags
  266 chroot process s
  267 chroot process s
  268 tracer other -
  269 NA unknown -
  270 mesos internal -
  271 NA unknown -
  272 container process -
  273 NA unknown -
  274 setsid process s
  275 setsid process s
  276 mkdir file s 1:hex
  277 mkdir file s 3:hex
  278 rmdir file s
  279 rmdir file s
  280 notification other -
  281 NA unknown -
  282 execve process s
  283 execve process s
  284 unshare process s 1:hex,clone_flags
  285 unshare process s 2:hex,clone_flags
  286 infra internal -
  287 NA unknown -
  288 execve process s
  289 execve process s
  290 page_fault other - 1:hex 2:hex 3:hex,pf_flags
  291 NA unknown -
  292 execve process s
  293 execve process s 20:hex,execve_flags 21:hex 22:hex 23:hex
  294 setpgid process s
  295 setpgid process s
  296 bpf other sc
  297 bpf other sc
  298 seccomp other s 2:hex
  299 seccomp other s 3:hex
  300 unlink file s
  301 unlink file s
  302 unlinkat file s
  303 unlinkat file su 3:@2 4:hex,unlinkat_flags
  304 mkdirat file s
  305 mkdirat file su 3:@2 4:hex
  306 openat file sc 2:@1 3:hex,file_flags 4:oct
  307 openat file sc 3:@2 4:hex,file_flags 5:oct 6:hex
  308 link file s
  309 link file s
  310 linkat file s
  311 linkat file s 3:@2 5:@4 6:hex,linkat_flags
  312 fchmodat file s
  313 fchmodat file su 3:@2 4:oct,chmod_mode
  314 chmod file s
  315 chmod file s 3:oct,chmod_mode
  316 fchmod file s
  317 fchmod file su 3:oct,chmod_mode
  318 renameat2 file s
  319 renameat2 file s 3:@2 5:@4 6:hex,renameat2_flags
  320 userfaultfd file sc
  321 userfaultfd file sc 2:hex,file_flags
  322 pluginevent other -
  323 NA unknown -
  324 container process -
  325 NA unknown -
  326 openat2 file sc 2:@1 3:hex,file_flags 4:oct 5:hex,openat2_flags
  327 openat2 file sc 3:@2 4:hex,file_flags 5:oct 6:hex,openat2_flags 7:hex
  328 mprotect memory s 1:hex 3:hex,prot_flags
  329 mprotect memory s 2:hex 4:hex,prot_flags
  330 execveat process s 2:@1 3:hex,execveat_flags
  331 execveat process s 20:hex,execve_flags 21:hex 22:hex 23:hex
  332 copy_file_range file surw
  333 copy_file_range file surw
  334 clone3 process s
  335 clone3 process s 16:hex,clone_flags
  336 open_by_handle_at file sc
  337 open_by_handle_at file sc 3:hex,file_flags 5:hex
  338 io_uring_setup io sc
  339 io_uring_setup io sc 5:hex,io_uring_setup_flags 8:hex,io_uring_setup_feats
  340 io_uring_enter io s
  341 io_uring_enter io su 5:hex,io_uring_enter_flags
  342 io_uring_register io s
  343 io_uring_register io su 3:io_uring_register_opcodes 4:hex
  344 mlock memory s
  345 mlock memory s 2:hex
  346 munlock memory s
  347 munlock memory s 2:hex
  348 mlockall memory s
  349 mlockall memory s 2:hex,mlockall_flags
  350 munlockall memory s
  351 munlockall memory s
  352 capset process s
  353 capset process s 2:hex 3:hex 4:hex
  354 useradded process -
  355 NA unknown -
  356 userdeleted process -
  357 NA unknown -
  358 groupadded process -
  359 NA unknown -
  360 groupdeleted process -
  361 NA unknown -
  362 dup2 io scu
  363 dup2 io scu
  364 dup3 io scu
  365 dup3 io scu 4:hex,file_flags
  366 dup io scu
  367 dup io scu
  368 bpf other sc
  369 bpf other sc 2:bpf_commands
  370 mlock2 memory s
  371 mlock2 memory s 2:hex 4:hex,mlock2_flags
  372 fsconfig system s
  373 fsconfig system su 3:fsconfig_cmds
  374 epoll_create wait sc
  375 epoll_create wait sc
  376 epoll_create1 wait sc 1:hex,epoll_create1_flags
  377 epoll_create1 wait sc 2:hex,epoll_create1_flags
  378 chown file s
  379 chown file s
  380 lchown file s
  381 lchown file s
  382 fchown file s
  383 fchown file su
  384 fchownat file s
  385 fchownat file su 3:@2 6:hex,fchownat_flags
  386 umount file s
  387 umount file s
  388 accept4 net sc 1:hex
  389 accept4 net sc 6:hex
  390 umount2 file s 1:hex,umount_flags
  391 umount2 file s 3:hex,umount_flags
  392 pipe2 IPC sc
  393 pipe2 IPC sc 5:hex,file_flags
  394 inotify_init1 IPC sc
  395 inotify_init1 IPC sc 2:hex,file_flags
  396 eventfd2 IPC sc
  397 eventfd2 IPC sc 2:hex,file_flags
  398 signalfd4 signal sc 2:hex
  399 signalfd4 signal sc 2:hex,file_flags 4:hex
  400 prctl process s
  401 prctl process s 2:prctl_options
  402 asyncevent other -
  403 NA unknown -
  404 memfd_create memory sc
  405 memfd_create memory sc 3:hex,memfd_create_flags
  406 pidfd_getfd process sc
  407 pidfd_getfd process sc 4:hex
  408 pidfd_open process sc
  409 pidfd_open process sc 3:hex,pidfd_open_flags
  410 init_module other s
  411 init_module other s
  412 finit_module other s
  413 finit_module other sur 4:hex,finit_module_flags
  414 mknod other s
  415 mknod other s 3:oct,mknod_mode
  416 mknodat other s
  417 mknodat other su 3:@2 4:oct,mknod_mode
  418 newfstatat file s
  419 newfstatat file su 3:@2 4:hex,newfstatat_flags
  420 process_vm_readv IPC s
  421 process_vm_readv IPC s
  422 process_vm_writev IPC s
  423 process_vm_writev IPC s
  424 delete_module other s
  425 delete_module other s 3:hex,delete_module_flags
  426 setreuid user s
  427 setreuid user s
  428 setregid user s
  429 setregid user s
  430 task process - 8:hex,execve_flags 14:hex 15:hex 16:hex
  431 NA unknown -
  432 task_file_pipe file -
  433 NA unknown -
  434 task_file_memfd file -
  435 NA unknown -
  436 task_file_regular file - 3:hex,file_flags
  437 NA unknown -
  438 task_file_directory file -
  439 NA unknown -
  440 task_file_socket_inet file - 4:hex 5:hex 6:hex 7:hex
  441 NA unknown -
  442 task_file_socket_inet6 file - 4:hex 5:hex 6:hex 7:hex
  443 NA unknown -
  444 task_file_socket_unix file -
  445 NA unknown -
  446 task_file_socket_netlink file -
  447 NA unknown -
  448 task_file_anon_inode file - 2:anon_inode_fd_types
  449 NA unknown -
  450 NA unknown -
  451 close_range io s 4:hex,close_range_flags
  452 NA unknown -
  453 keyctl other s 2:keyctl_operations
  ]],
}
