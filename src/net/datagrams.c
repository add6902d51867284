#include "net/datagrams.h"

#include "net/sockets.h"

#include <errno.h>
#include <string.h>

/* Room for SO_RXQ_OVFL's count. */
union control {
    char bytes[CMSG_SPACE(sizeof(uint32_t))];
    struct cmsghdr aligned;
};

struct datagrams {
    struct mmsghdr headers[DATAGRAMS_BATCH];
    struct iovec parts[DATAGRAMS_BATCH];
    struct sockaddr_storage senders[DATAGRAMS_BATCH];
    union control controls[DATAGRAMS_BATCH];
    size_t longest;
    unsigned count, next;
    uint32_t dropped, told; /* of the socket's life */
    char bytes[];
};

size_t datagrams_size(size_t longest)
{
    return sizeof(struct datagrams) + DATAGRAMS_BATCH * longest;
}

struct datagrams *datagrams_open(void *memory, size_t longest)
{
    struct datagrams *datagrams = memory;

    memset(datagrams, 0, sizeof(*datagrams));
    datagrams->longest = longest;
    for (size_t i = 0; i < DATAGRAMS_BATCH; i++) {
        datagrams->parts[i] = (struct iovec){datagrams->bytes + i * longest, longest};
        datagrams->headers[i].msg_hdr.msg_iov = &datagrams->parts[i];
        datagrams->headers[i].msg_hdr.msg_iovlen = 1;
        datagrams->headers[i].msg_hdr.msg_name = &datagrams->senders[i];
        datagrams->headers[i].msg_hdr.msg_control = &datagrams->controls[i];
    }
    return datagrams;
}

/* What the kernel says of the messages dropped before the last one of the batch. */
static void read_dropped(struct datagrams *datagrams)
{
    struct msghdr *header = &datagrams->headers[datagrams->count - 1].msg_hdr;

    for (struct cmsghdr *control = CMSG_FIRSTHDR(header); control != NULL;
         control = CMSG_NXTHDR(header, control)) {
        if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SO_RXQ_OVFL) {
            memcpy(&datagrams->dropped, CMSG_DATA(control), sizeof(datagrams->dropped));
        }
    }
}

/* As recvmmsg. */
static int receive(struct datagrams *datagrams, int fd)
{
    int count;

    for (unsigned i = 0; i < DATAGRAMS_BATCH; i++) { /* the kernel writes what it has used */
        datagrams->headers[i].msg_hdr.msg_namelen = sizeof(datagrams->senders[i]);
        datagrams->headers[i].msg_hdr.msg_controllen = sizeof(datagrams->controls[i]);
    }
    do {
        count = recvmmsg(fd, datagrams->headers, DATAGRAMS_BATCH, MSG_DONTWAIT, NULL);
    } while (count < 0 && errno == EINTR);
    return count;
}

int datagrams_next(struct datagrams *datagrams, int fd, struct datagram *datagram)
{
    const struct mmsghdr *header;

    if (datagrams->next == datagrams->count) {
        int count = receive(datagrams, fd);

        datagrams->next = datagrams->count = 0;
        if (count <= 0) {
            return count == 0 || errno == EAGAIN ? 0 : -1;
        }
        datagrams->count = (unsigned)count;
        read_dropped(datagrams);
    }
    header = &datagrams->headers[datagrams->next];
    datagram->bytes = datagrams->bytes + datagrams->next * datagrams->longest;
    datagram->size = header->msg_len;
    datagram->truncated = (header->msg_hdr.msg_flags & MSG_TRUNC) != 0;
    datagram->sender = &datagrams->senders[datagrams->next];
    datagram->sender_length = header->msg_hdr.msg_namelen;
    datagrams->next++;
    return 1;
}

uint32_t datagrams_lost(struct datagrams *datagrams, int fd)
{
    uint32_t lost;

    if (datagrams->next == datagrams->count) {
        sockets_dropped(fd, &datagrams->dropped); /* also those behind the last one that was received */
    }
    lost = datagrams->dropped - datagrams->told;
    datagrams->told = datagrams->dropped;
    return lost;
}
