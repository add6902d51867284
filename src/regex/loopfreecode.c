#include "regex/loopfreecode.h"

#include <pcre2_internal.h>

/* What is read here is no interface: whoever takes another PCRE2 reads its opcodes again, and runs
 * fuzz/regex. */
_Static_assert(PCRE2_MAJOR == 10 && PCRE2_MINOR == 46, "this reads what PCRE2 10.46 compiles");

/* Groups in each other. */
#define MOST_NESTED 32

struct reader {
    struct loopfree_draft *draft;
    const uint8_t *flip, *types; /* PCRE2's tables: the other case, and what a byte is */
    unsigned last_group;
    unsigned depth;
};

/* ---- classes ---- */

static void put(unsigned char *bits, unsigned byte)
{
    bits[byte / 8] |= (unsigned char)(1u << byte % 8);
}

/* Is the byte of the type that the opcode stands for? False for others than `is_type` takes. */
static bool is_of_type(const struct reader *reader, PCRE2_UCHAR op, unsigned byte)
{
    switch (op) {
    case OP_DIGIT:
    case OP_NOT_DIGIT:
        return ((reader->types[byte] & ctype_digit) != 0) == (op == OP_DIGIT);
    case OP_WHITESPACE:
    case OP_NOT_WHITESPACE:
        return ((reader->types[byte] & ctype_space) != 0) == (op == OP_WHITESPACE);
    case OP_WORDCHAR:
    case OP_NOT_WORDCHAR:
        return ((reader->types[byte] & ctype_word) != 0) == (op == OP_WORDCHAR);
    case OP_HSPACE:
    case OP_NOT_HSPACE:
        return (byte == '\t' || byte == ' ' || byte == 0xA0) == (op == OP_HSPACE);
    case OP_VSPACE:
    case OP_NOT_VSPACE:
        return ((byte >= '\n' && byte <= '\r') || byte == 0x85) == (op == OP_VSPACE);
    case OP_ANY:
        return byte != '\n';
    default:
        return op == OP_ALLANY;
    }
}

static bool is_type(PCRE2_UCHAR op)
{
    switch (op) {
    case OP_DIGIT:
    case OP_NOT_DIGIT:
    case OP_WHITESPACE:
    case OP_NOT_WHITESPACE:
    case OP_WORDCHAR:
    case OP_NOT_WORDCHAR:
    case OP_HSPACE:
    case OP_NOT_HSPACE:
    case OP_VSPACE:
    case OP_NOT_VSPACE:
    case OP_ANY:
    case OP_ALLANY:
        return true;
    default:
        return false;
    }
}

static void class_of_type(const struct reader *reader, PCRE2_UCHAR op, unsigned char *class)
{
    for (unsigned byte = 0; byte < 256; byte++) {
        if (is_of_type(reader, op, byte)) {
            put(class, byte);
        }
    }
}

/* One byte, perhaps in its other case too, or all but these. */
static void class_of_byte(const struct reader *reader, unsigned char byte, bool caseless, bool negated,
                          unsigned char *class)
{
    put(class, byte);
    if (caseless) {
        put(class, reader->flip[byte]);
    }
    for (size_t i = 0; negated && i < 32; i++) {
        class[i] = (unsigned char)~class[i];
    }
}

static bool add_class(struct reader *reader, const unsigned char *class)
{
    struct loopfree_step *step = loopfree_add(reader->draft, LOOPFREE_CLASS);

    return step != NULL && loopfree_set_class(reader->draft, step, class);
}

/* ---- repetitions ---- */

/* What an opcode says, in the order of PCRE2's opcodes of each kind of item. */
struct repetition {
    enum loopfree_kind kind;
    uint32_t least, most; /* both 0: numbers that follow */
};

#define UNBOUNDED LOOPFREE_ENDLESS

static const struct repetition of_items[] = {
    {LOOPFREE_GREEDY, 0, UNBOUNDED},
    {LOOPFREE_LAZY, 0, UNBOUNDED},
    {LOOPFREE_GREEDY, 1, UNBOUNDED},
    {LOOPFREE_LAZY, 1, UNBOUNDED},
    {LOOPFREE_GREEDY, 0, 1},
    {LOOPFREE_LAZY, 0, 1},
    {LOOPFREE_GREEDY, 0, 0},
    {LOOPFREE_LAZY, 0, 0},
    {LOOPFREE_POSSESSIVE, 1, 0}, /* exactly */
    {LOOPFREE_POSSESSIVE, 0, UNBOUNDED},
    {LOOPFREE_POSSESSIVE, 1, UNBOUNDED},
    {LOOPFREE_POSSESSIVE, 0, 1},
    {LOOPFREE_POSSESSIVE, 0, 0},
};
_Static_assert(OP_POSUPTO - OP_STAR + 1 == sizeof(of_items) / sizeof(of_items[0]) &&
                   OP_MINUPTO - OP_STAR == 7 && OP_EXACT - OP_STAR == 8 && OP_POSSTAR - OP_STAR == 9 &&
                   OP_TYPEPOSUPTO - OP_TYPESTAR == OP_POSUPTO - OP_STAR,
               "as PCRE2 has them");

static const struct repetition of_classes[] = {
    {LOOPFREE_GREEDY, 0, UNBOUNDED},
    {LOOPFREE_LAZY, 0, UNBOUNDED},
    {LOOPFREE_GREEDY, 1, UNBOUNDED},
    {LOOPFREE_LAZY, 1, UNBOUNDED},
    {LOOPFREE_GREEDY, 0, 1},
    {LOOPFREE_LAZY, 0, 1},
    {LOOPFREE_GREEDY, 0, 0},
    {LOOPFREE_LAZY, 0, 0},
    {LOOPFREE_POSSESSIVE, 0, UNBOUNDED},
    {LOOPFREE_POSSESSIVE, 1, UNBOUNDED},
    {LOOPFREE_POSSESSIVE, 0, 1},
    {LOOPFREE_POSSESSIVE, 0, 0},
};
_Static_assert(OP_CRPOSRANGE - OP_CRSTAR + 1 == sizeof(of_classes) / sizeof(of_classes[0]) &&
                   OP_CRMINRANGE - OP_CRSTAR == 7 && OP_CRPOSSTAR - OP_CRSTAR == 8,
               "as PCRE2 has them");

static bool add_repetition(struct reader *reader, const struct repetition *repetition,
                           const unsigned char *class)
{
    struct loopfree_step *step = loopfree_add(reader->draft, repetition->kind);

    if (step == NULL) {
        return false;
    }
    step->least = repetition->least;
    step->most = repetition->most;
    if (step->least == step->most) {
        step->kind = LOOPFREE_POSSESSIVE;
    }
    return loopfree_set_class(reader->draft, step, class);
}

/* An item that repeats, which begins at `code`; `base` is the first opcode of its kind. NULL: not loop-free.
 */
static PCRE2_SPTR read_repeated(struct reader *reader, PCRE2_SPTR code, PCRE2_UCHAR base)
{
    struct repetition repetition = of_items[*code - base];
    unsigned char class[32] = {0};
    PCRE2_SPTR item = code + 1;

    if (repetition.most == 0) {
        repetition.most = GET2(code, 1);
        repetition.least = repetition.least == 0 ? 0 : repetition.most;
        item += IMM2_SIZE;
    }
    if (base != OP_TYPESTAR) {
        class_of_byte(reader, *item, base == OP_STARI || base == OP_NOTSTARI,
                      base == OP_NOTSTAR || base == OP_NOTSTARI, class);
    } else if (is_type(*item)) {
        class_of_type(reader, *item, class);
    } else {
        return NULL;
    }
    return add_repetition(reader, &repetition, class) ? item + 1 : NULL;
}

/* A class, and its repetition if there is one. */
static PCRE2_SPTR read_class(struct reader *reader, PCRE2_SPTR code)
{
    const unsigned char *class = code + 1;
    struct repetition repetition;

    code += PRIV(OP_lengths)[*code];
    if (*code < OP_CRSTAR || *code > OP_CRPOSRANGE) {
        return add_class(reader, class) ? code : NULL;
    }
    repetition = of_classes[*code - OP_CRSTAR];
    if (repetition.most == 0) {
        repetition.least = GET2(code, 1);
        repetition.most = GET2(code, 1 + IMM2_SIZE);
        repetition.most = repetition.most == 0 ? UNBOUNDED : repetition.most;
    }
    code += PRIV(OP_lengths)[*code];
    return add_repetition(reader, &repetition, class) ? code : NULL;
}

/* ---- assertions ---- */

static bool add_assertion(struct reader *reader, PCRE2_UCHAR op)
{
    static const struct {
        PCRE2_UCHAR op;
        enum loopfree_assertion assertion;
    } assertions[] = {
        {OP_CIRC, LOOPFREE_TEXT_BEGIN},
        {OP_SOD, LOOPFREE_TEXT_BEGIN},
        {OP_CIRCM, LOOPFREE_LINE_BEGIN},
        {OP_SOM, LOOPFREE_SEARCH_BEGIN},
        {OP_EOD, LOOPFREE_TEXT_END},
        {OP_EODN, LOOPFREE_LAST_LINE_END},
        {OP_DOLL, LOOPFREE_LAST_LINE_END},
        {OP_DOLLM, LOOPFREE_LINE_END},
        {OP_WORD_BOUNDARY, LOOPFREE_WORD_EDGE},
        {OP_NOT_WORD_BOUNDARY, LOOPFREE_NO_WORD_EDGE},
    };
    unsigned char words[32] = {0};

    for (size_t i = 0; i < sizeof(assertions) / sizeof(assertions[0]); i++) {
        struct loopfree_step *step =
            assertions[i].op == op ? loopfree_add(reader->draft, LOOPFREE_ASSERTION) : NULL;

        if (step != NULL) {
            step->assertion = assertions[i].assertion;
            class_of_type(reader, OP_WORDCHAR, words);
            return loopfree_set_class(reader->draft, step, words);
        }
    }
    return false;
}

/* ---- groups ---- */

static PCRE2_SPTR read_group(struct reader *reader, PCRE2_SPTR code);

/* The groups that are read from now on lie on a way that parts from another there. */
static struct loopfree_step *add_split(struct reader *reader, enum loopfree_kind kind)
{
    return loopfree_add_split(reader->draft, kind, reader->last_group + 1);
}

/* A group behind OP_BRAZERO or OP_BRAMINZERO. */
static PCRE2_SPTR read_optional(struct reader *reader, PCRE2_SPTR code)
{
    struct loopfree_step *split = add_split(reader, *code == OP_BRAZERO ? LOOPFREE_SPLIT : LOOPFREE_SKIP);

    code = split != NULL && (code[1] == OP_BRA || code[1] == OP_CBRA) ? read_group(reader, code + 1) : NULL;
    if (code != NULL) {
        loopfree_lead_here(reader->draft, split);
        split->last = (uint16_t)reader->last_group;
    }
    return code;
}

/* NULL: not loop-free; else what is behind. */
static PCRE2_SPTR read_item(struct reader *reader, PCRE2_SPTR code)
{
    static const PCRE2_UCHAR bases[] = {OP_STAR, OP_STARI, OP_NOTSTAR, OP_NOTSTARI, OP_TYPESTAR};
    unsigned char class[32] = {0};
    const PCRE2_UCHAR op = *code;

    for (size_t i = 0; i < sizeof(bases); i++) {
        if (op >= bases[i] && op - bases[i] <= OP_POSUPTO - OP_STAR) {
            return read_repeated(reader, code, bases[i]);
        }
    }
    switch (op) {
    case OP_BRA:
    case OP_CBRA:
        return read_group(reader, code);
    case OP_BRAZERO:
    case OP_BRAMINZERO:
        return read_optional(reader, code);
    case OP_CLASS:
    case OP_NCLASS:
        return read_class(reader, code);
    case OP_CHAR:
        return loopfree_add_byte(reader->draft, code[1]) ? code + 2 : NULL;
    case OP_CHARI:
    case OP_NOT:
    case OP_NOTI:
        if (op == OP_CHARI && reader->flip[code[1]] == code[1]) {
            return loopfree_add_byte(reader->draft, code[1]) ? code + 2 : NULL;
        }
        class_of_byte(reader, code[1], op != OP_NOT, op != OP_CHARI, class);
        return add_class(reader, class) ? code + 2 : NULL;
    default:
        break;
    }
    if (is_type(op)) {
        class_of_type(reader, op, class);
        return add_class(reader, class) ? code + 1 : NULL;
    }
    return add_assertion(reader, op) ? code + 1 : NULL;
}

/* Items up to `end`, where an alternative or its group ends. */
static bool read_alternative(struct reader *reader, PCRE2_SPTR code, PCRE2_SPTR end)
{
    while (code != NULL && code < end) {
        code = read_item(reader, code);
    }
    return code == end;
}

/* All alternatives; `code` is behind the opcode that opens the group, `link` where the first ends. NULL: not
 * loop-free; else the group's end. */
static PCRE2_SPTR read_alternatives(struct reader *reader, PCRE2_SPTR code, PCRE2_SPTR link)
{
    struct loopfree_step *steps = reader->draft->steps, *split, *jump;
    size_t splits = 0, jumps = 0; /* the last one's number, with the one before at `to` and `last` */

    for (; *link == OP_ALT; code = link + 1 + LINK_SIZE, link += GET(link, 1)) {
        split = add_split(reader, LOOPFREE_SPLIT);
        if (split == NULL || !read_alternative(reader, code, link)) {
            return NULL;
        }
        split->last = (uint16_t)splits;
        splits = (size_t)(split - steps);
        jump = loopfree_add(reader->draft, LOOPFREE_JUMP);
        if (jump == NULL) {
            return NULL;
        }
        jump->to = (uint16_t)jumps;
        jumps = (size_t)(jump - steps);
        loopfree_lead_here(reader->draft, split);
    }
    if (!read_alternative(reader, code, link) || *link != OP_KET) {
        return NULL;
    }
    while (jumps > 0) { /* a jump is never the first step */
        jump = &steps[jumps];
        jumps = jump->to;
        loopfree_lead_here(reader->draft, jump);
        split = &steps[splits];
        splits = split->last;
        split->last = (uint16_t)reader->last_group;
    }
    return link;
}

static PCRE2_SPTR read_group(struct reader *reader, PCRE2_SPTR code)
{
    const unsigned number = *code == OP_CBRA ? GET2(code, 1 + LINK_SIZE) : 0;
    PCRE2_SPTR end = NULL;

    /* the same number twice: of a group that was copied to repeat it, or of (?|...) */
    if (reader->depth == MOST_NESTED || (number != 0 && number <= reader->last_group) ||
        (number != 0 && !loopfree_open_group(reader->draft, number))) {
        return NULL;
    }
    reader->last_group = number != 0 ? number : reader->last_group;
    reader->depth++;
    end = read_alternatives(reader, code + PRIV(OP_lengths)[*code], code + GET(code, 1));
    reader->depth--;
    if (end == NULL || (number != 0 && !loopfree_close_group(reader->draft, number))) {
        return NULL;
    }
    return end + 1 + LINK_SIZE;
}

/* ---- patterns ---- */

/* Where a match may begin, and a byte that it has, as PCRE2 has found out. */
static void read_begin(const struct reader *reader, const pcre2_real_code *code)
{
    struct loopfree *program = &reader->draft->program;
    const unsigned char first = (unsigned char)code->first_codeunit;
    const unsigned char last = (unsigned char)code->last_codeunit;
    const bool has_first = (code->flags & PCRE2_FIRSTSET) != 0;

    program->anchored = (code->overall_options & PCRE2_ANCHORED) != 0;
    program->begins_line = (code->flags & PCRE2_STARTLINE) != 0 && !has_first;
    program->has_begin = has_first || (code->flags & PCRE2_FIRSTMAPSET) != 0;
    program->first = program->required = program->other = -1;
    if (has_first && (code->flags & PCRE2_FIRSTCASELESS) == 0) {
        program->first = first;
    } else if (has_first) {
        class_of_byte(reader, first, true, false, program->begin);
    } else if (program->has_begin) {
        memcpy(program->begin, code->start_bitmap, sizeof(program->begin));
    }
    if ((code->flags & PCRE2_LASTSET) != 0) {
        program->required = last;
        program->other = (code->flags & PCRE2_LASTCASELESS) != 0 ? reader->flip[last] : last;
        program->required_behind = has_first;
    }
    program->least = code->minlength;
}

bool loopfree_translate(struct loopfree_draft *draft, const struct pcre2_real_code_8 *code)
{
    const uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_FIRSTLINE | PCRE2_ENDANCHORED |
                             PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_CIRCUMFLEX;
    struct reader reader = {
        .draft = draft, .flip = code->tables + fcc_offset, .types = code->tables + ctypes_offset};
    PCRE2_SPTR begin = (PCRE2_SPTR)code + code->code_start, end;

    loopfree_begin(draft);
    if ((code->overall_options & options) != 0 ||
        (code->flags & (PCRE2_NOTEMPTY_SET | PCRE2_NE_ATST_SET)) != 0 ||
        code->newline_convention != PCRE2_NEWLINE_LF || code->limit_match != UINT32_MAX ||
        code->limit_depth != UINT32_MAX || code->limit_heap != UINT32_MAX ||
        code->optimization_flags != PCRE2_OPTIMIZATION_ALL) {
        return false;
    }
    end = *begin == OP_BRA ? read_group(&reader, begin) : NULL;
    if (end == NULL || *end != OP_END || !loopfree_end(draft)) {
        return false;
    }
    read_begin(&reader, code);
    return true;
}
