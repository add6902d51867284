#include "regex/loopfreedraft.h"

#include <string.h>

void loopfree_begin(struct loopfree_draft *draft)
{
    draft->program = (struct loopfree){.step_count = 0};
    draft->class_count = draft->byte_count = draft->joint = 0;
}

struct loopfree_step *loopfree_add(struct loopfree_draft *draft, enum loopfree_kind kind)
{
    struct loopfree_step *step = &draft->steps[draft->program.step_count];

    if (draft->program.step_count == LOOPFREE_MOST_STEPS) {
        return NULL;
    }
    draft->program.step_count++;
    *step = (struct loopfree_step){.kind = kind, .next = -1, .first = 1};
    return step;
}

/* The last step, if it is of that kind and may be joined with others; else NULL. */
static struct loopfree_step *last_of(struct loopfree_draft *draft, enum loopfree_kind kind)
{
    const size_t count = draft->program.step_count;

    return count > draft->joint && draft->steps[count - 1].kind == kind ? &draft->steps[count - 1] : NULL;
}

/* ---- bytes and classes ---- */

bool loopfree_add_byte(struct loopfree_draft *draft, unsigned char byte)
{
    struct loopfree_step *step = last_of(draft, LOOPFREE_BYTES);

    if (draft->byte_count == LOOPFREE_MOST_BYTES) {
        return false;
    }
    if (step == NULL) {
        step = loopfree_add(draft, LOOPFREE_BYTES);
        if (step == NULL) {
            return false;
        }
        step->number = (uint16_t)draft->byte_count;
    }
    draft->bytes[draft->byte_count++] = byte;
    step->least++;
    return true;
}

/* How to pass over bytes of the class. */
static void choose_scan(struct loopfree_step *step, const unsigned char *class)
{
    unsigned others = 0;

    for (unsigned byte = 0; byte < 256; byte++) {
        if ((class[byte / 8] >> byte % 8 & 1) == 0) {
            others++;
            step->until = (unsigned char)byte;
        }
    }
    step->scan = others == 0 ? LOOPFREE_ALL : others == 1 ? LOOPFREE_UNTIL : LOOPFREE_EACH;
}

bool loopfree_set_class(struct loopfree_draft *draft, struct loopfree_step *step, const unsigned char *class)
{
    size_t i = 0;

    while (i < draft->class_count && memcmp(draft->classes[i], class, sizeof(draft->classes[i])) != 0) {
        i++;
    }
    if (i == LOOPFREE_MOST_CLASSES) {
        return false;
    }
    memcpy(draft->classes[i], class, sizeof(draft->classes[i]));
    draft->class_count += i == draft->class_count;
    step->number = (uint16_t)i;
    choose_scan(step, class);
    return true;
}

/* ---- groups and ways ---- */

static bool add_mark(struct loopfree_draft *draft, unsigned number)
{
    struct loopfree_step *step = loopfree_add(draft, LOOPFREE_MARK);

    if (step != NULL) {
        step->number = (uint16_t)number;
    }
    return step != NULL;
}

bool loopfree_open_group(struct loopfree_draft *draft, unsigned group)
{
    return add_mark(draft, 2 * group);
}

bool loopfree_close_group(struct loopfree_draft *draft, unsigned group)
{
    struct loopfree_step *run = last_of(draft, LOOPFREE_POSSESSIVE);

    if (run == NULL || run->group != 0 || draft->program.step_count - 1 == draft->joint ||
        run[-1].kind != LOOPFREE_MARK || run[-1].number != 2 * group) {
        return add_mark(draft, 2 * group + 1);
    }
    run->group = (uint16_t)group; /* one step instead of three */
    run[-1] = *run;
    draft->program.step_count--;
    return true;
}

struct loopfree_step *loopfree_add_split(struct loopfree_draft *draft, enum loopfree_kind kind,
                                         unsigned first)
{
    struct loopfree_step *step = loopfree_add(draft, kind);

    if (step != NULL) {
        step->first = (uint16_t)first;
        draft->joint = draft->program.step_count;
    }
    return step;
}

void loopfree_lead_here(struct loopfree_draft *draft, struct loopfree_step *step)
{
    draft->joint = draft->program.step_count;
    step->to = (uint16_t)draft->joint;
}

/* Behind each repetition that can go on in another way: the byte that has to follow. */
static void find_next_bytes(struct loopfree_draft *draft)
{
    for (size_t i = 0; i < draft->program.step_count; i++) {
        const struct loopfree_step *behind = &draft->steps[i + 1];

        if (draft->steps[i].kind == LOOPFREE_GREEDY || draft->steps[i].kind == LOOPFREE_LAZY) {
            while (behind->kind == LOOPFREE_MARK) {
                behind++;
            }
            if (behind->kind == LOOPFREE_BYTES) {
                draft->steps[i].next = draft->bytes[behind->number];
            }
        }
    }
}

bool loopfree_end(struct loopfree_draft *draft)
{
    if (loopfree_add(draft, LOOPFREE_MATCH) == NULL) {
        return false;
    }
    find_next_bytes(draft);
    return true;
}

/* ---- programs ---- */

/* The bytes of a block's part, so that what follows is aligned. */
#define ROOM(size) (((size) + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t))

/* A table has eight classes, a bit each. */
#define TABLES(draft) (((draft)->class_count + 7) / 8)

size_t loopfree_size(const struct loopfree_draft *draft)
{
    const size_t count = draft->program.step_count;

    return ROOM(sizeof(struct loopfree)) + ROOM(count * sizeof(struct loopfree_step)) +
           ROOM(count * sizeof(struct loopfree_choice)) + TABLES(draft) * 256 + draft->byte_count;
}

struct loopfree *loopfree_place(const struct loopfree_draft *draft, void *block)
{
    const size_t count = draft->program.step_count;
    struct loopfree *program = block;
    char *at = (char *)block + ROOM(sizeof(*program));
    unsigned char *tables, *bytes;

    *program = draft->program;
    program->steps = (struct loopfree_step *)at;
    at += ROOM(count * sizeof(*program->steps));
    program->choices = (struct loopfree_choice *)at;
    tables = (unsigned char *)at + ROOM(count * sizeof(*program->choices));
    bytes = tables + TABLES(draft) * 256;
    memset(tables, 0, TABLES(draft) * 256);
    for (size_t i = 0; i < draft->class_count * 256; i++) {
        const size_t class = i / 256, byte = i % 256;

        if ((draft->classes[class][byte / 8] >> byte % 8 & 1) != 0) {
            tables[class / 8 * 256 + byte] |= (unsigned char)(1u << class % 8);
        }
    }
    memcpy(bytes, draft->bytes, draft->byte_count);
    memcpy(program->steps, draft->steps, count * sizeof(*program->steps));
    for (size_t i = 0; i < count; i++) {
        struct loopfree_step *step = &program->steps[i];

        step->mask = (unsigned char)(1u << step->number % 8);
        step->table = step->kind == LOOPFREE_BYTES ? bytes + step->number : tables + step->number / 8 * 256;
    }
    return program;
}
