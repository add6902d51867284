/* The values and the instructions of a pure function, one event at a time. */
#include "lua/evalrun.h"

#include "lua/arithmetic.h"
#include "lua/integertext.h"

#include "ltable.h"
#include "lvm.h"

#include <string.h>

/* So many digits are an integer of Lua's, whatever they are. */
#define SAFE_DIGITS 18

static void set_foreign(TValue *to, int tag, const void *what)
{
    to->value_.p = (void *)(uintptr_t)what;
    settt_(to, tag);
}

void run_set_value(lua_State *L, TValue *to, const struct eval_value *from)
{
    if (from->kind == EVAL_TEXT) { /* the most common first */
        set_foreign(to, TEXT_TAG, &from->text);
    } else if (from->kind == EVAL_KEPT) {
        setobj(L, to, run_kept(L, from->place));
    } else if (from->kind == EVAL_INTEGER) {
        setivalue(to, from->integer);
    } else if (from->kind == EVAL_RECORD) {
        set_foreign(to, RECORD_TAG, from->record);
    } else if (from->kind == EVAL_BOOLEAN) {
        settt_(to, from->boolean ? LUA_VTRUE : LUA_VFALSE);
    } else {
        setnilvalue(to);
    }
}

/* As Lua's stack is written: a copy in one go would have to wait for the two parts that were just stored. */
static inline void copy_value(TValue *to, const TValue *from)
{
    to->value_ = from->value_;
    settt_(to, rawtt(from));
}

/* Makes `to` a text of the run's own. False: there are too many. */
static bool set_text(struct run *run, struct eval_text text, TValue *to)
{
    if (run->text_count == TEXTS) {
        return false;
    }
    run->texts[run->text_count] = text;
    set_foreign(to, TEXT_TAG, &run->texts[run->text_count++]);
    return true;
}

/* from.key, where that is no table. */
static __attribute__((noinline)) bool get_of_record(struct run *run, const TValue *from, const TString *key,
                                                    TValue *to)
{
    static const char data[4] = "data";
    const struct eval_record *record = from->value_.p;
    struct eval_value value;

    if (rawtt(from) != RECORD_TAG) {
        return false;
    }
    if (record->data.data != NULL && tsslen(key) == sizeof(data) &&
        memcmp(getstr(key), data, sizeof(data)) == 0) {
        set_foreign(to, TEXT_TAG, &record->data);
        return true;
    }
    if (!record->get(record->of, getstr(key), &value) || value.kind >= EVAL_KEPT) {
        return false;
    }
    if (value.kind == EVAL_TEXT) {
        return set_text(run, value.text, to);
    }
    run_set_value(run->L, to, &value);
    return true;
}

/* Stores what was found in the table, where no metatable has to say anything. */
static inline bool found(const Table *table, const TValue *slot, TValue *to)
{
    if (!isempty(slot)) {
        copy_value(to, slot);
        return true;
    }
    setnilvalue(to);
    return table->metatable == NULL;
}

/* luaH_getshortstr, where it most often ends. */
static inline const TValue *find_slot(Table *table, TString *name)
{
    Node *node = gnode(table, lmod(name->hash, sizenode(table)));

    return keyisshrstr(node) && keystrval(node) == name ? gval(node) : luaH_getshortstr(table, name);
}

/* from.key */
static inline __attribute__((always_inline)) bool get_field(struct run *run, const TValue *from,
                                                            const TValue *key, TValue *to)
{
    if (ttistable(from)) {
        return found(hvalue(from), find_slot(hvalue(from), tsvalue(key)), to);
    }
    return get_of_record(run, from, tsvalue(key), to);
}

/* from[key] */
static bool get_key(const TValue *from, const TValue *key, TValue *to)
{
    if (ttisinteger(key)) {
        return ttistable(from) && found(hvalue(from), luaH_getint(hvalue(from), ivalue(key)), to);
    }
    return ttistable(from) && ttisstring(key) && found(hvalue(from), luaH_get(hvalue(from), key), to);
}

/* #of */
static bool get_length(const TValue *of, TValue *to)
{
    struct eval_text text = text_of(of);

    setivalue(to, (lua_Integer)text.size);
    return text.data != NULL;
}

/* Adds the text of a value to what is joined, as `..` does. */
static bool add_text(struct run *run, const TValue *value)
{
    struct eval_text text = text_of(value);
    char digits[INTEGER_TEXT];

    if (ttisinteger(value)) {
        text.data = integer_text(ivalue(value), digits, &text.size);
    }
    if (text.data == NULL || text.size > JOINED - run->joined_size) {
        return false;
    }
    memcpy(run->joined + run->joined_size, text.data, text.size);
    run->joined_size += text.size;
    return true;
}

/* Joins the values from `first` on. */
static bool join(struct run *run, TValue *first, int count)
{
    size_t before;

    if (run->joined == NULL) {
        return false;
    }
    before = run->joined_size;
    for (int i = 0; i < count; i++) {
        if (!add_text(run, first + i)) {
            return false;
        }
    }
    return set_text(run, (struct eval_text){run->joined + before, run->joined_size - before}, first);
}

/* What a function that reads an integer makes of the argument. False: only Lua knows. */
static bool read_integer(const TValue *argument, TValue *to)
{
    struct eval_text text = text_of(argument);
    uint64_t number;

    if (ttisinteger(argument)) {
        copy_value(to, argument);
        return true;
    }
    if (text.data == NULL || text.size > SAFE_DIGITS || !integer_read(text.data, text.size, &number)) {
        return false;
    }
    setivalue(to, (lua_Integer)number);
    return true;
}

/* The state of math.random, which is to be changed; NULL: `function` is something else, or it must not. */
static struct mathrandom *random_state(struct run *run, const TValue *function)
{
    struct mathrandom *state;

    if (run->written == NULL || !ttisCclosure(function) || clCvalue(function)->f != run->known->random) {
        return NULL;
    }
    state = (void *)getudatamem(uvalue(&clCvalue(function)->upvalue[0]));
    if (run->drawn == NULL) {
        run->drawn = state;
        run->drawn_before = *state;
    }
    return run->drawn == state ? state : NULL;
}

/* Calls the function at `function`, math.random, with the integers behind it. */
static bool draw(struct run *run, TValue *function, int count)
{
    const TValue *last = function + count;
    lua_Integer low = count == 2 && ttisinteger(function + 1) ? ivalue(function + 1) : 1;
    struct mathrandom *state;

    if (count < 1 || count > 2 || !ttisinteger(function + 1) || !ttisinteger(last) || low > ivalue(last)) {
        return false;
    }
    state = random_state(run, function);
    if (state != NULL) {
        setivalue(function, mathrandom_draw(state, low, ivalue(last)));
    }
    return state != NULL;
}

/* Is it a function that reads an integer? */
static inline bool is_reader(const struct run *run, const TValue *function)
{
    return ttislcf(function) &&
           (fvalue(function) == run->known->tointeger || fvalue(function) == run->known->tonumber);
}

/* Calls the function at `function` with as many values behind it. */
static inline bool call(struct run *run, TValue *function, int count)
{
    return count == 1 && is_reader(run, function) ? read_integer(function + 1, function)
                                                  : draw(run, function, count);
}

/* What a comparison says; UNSURE: only Lua knows. */
enum truth { UNTRUE, TRUE, UNSURE };

static enum truth equal(const TValue *a, const TValue *b)
{
    if (rawtt(a) == TEXT_TAG || rawtt(b) == TEXT_TAG) {
        struct eval_text left = text_of(a), right = text_of(b);

        return left.data != NULL && right.data != NULL && left.size == right.size &&
                       memcmp(left.data, right.data, left.size) == 0
                   ? TRUE
                   : UNTRUE;
    }
    if (rawtt(a) == RECORD_TAG || rawtt(b) == RECORD_TAG) {
        return UNSURE;
    }
    if (luaV_rawequalobj(a, b)) {
        return TRUE;
    }
    return ttypetag(a) == ttypetag(b) && (ttistable(a) || ttisfulluserdata(a)) ? UNSURE : UNTRUE;
}

/* Of integers: is the first less, or where `or_equal` says so not more, than the second? */
static inline enum truth less(const TValue *a, const TValue *b, bool or_equal)
{
    if (!ttisinteger(a) || !ttisinteger(b)) {
        return UNSURE;
    }
    return ivalue(a) < ivalue(b) || (or_equal && ivalue(a) == ivalue(b)) ? TRUE : UNTRUE;
}

/* Of the registers and the constant of an operation. */
static inline TValue *at(struct run *run, size_t offset)
{
    return (TValue *)(void *)((char *)run->registers + offset);
}

#define A       at(run, operation->a)
#define B       at(run, operation->b)
#define C       at(run, operation->c)
#define UPVALUE AT((*operation->upvalue)->v)

/* The last operand: the constant, or C. */
static inline const TValue *last(struct run *run, const struct operation *operation)
{
    return operation->has_constant ? &operation->constant : C;
}

static bool calculate(struct run *run, const struct operation *operation)
{
    const TValue *left = B, *right = last(run, operation);

    return operation->swapped ? arithmetic(run->L, operation->opcode, right, left, A)
                              : arithmetic(run->L, operation->opcode, left, right, A);
}

/* Of numbers that are not below 0, as most are. */
static inline bool modulo(struct run *run, const struct operation *operation)
{
    const TValue *left = B, *right = last(run, operation);

    if (!ttisinteger(left) || !ttisinteger(right) || ivalue(left) < 0 || ivalue(right) <= 0) {
        return calculate(run, operation);
    }
    setivalue(A, ivalue(left) % ivalue(right));
    return true;
}

static enum truth compare(struct run *run, const struct operation *operation)
{
    const TValue *left = operation->swapped ? last(run, operation) : A;
    const TValue *right = operation->swapped ? A : last(run, operation);

    return operation->opcode == OP_EQ ? equal(left, right) : less(left, right, operation->opcode == OP_LE);
}

/* What follows a condition. */
static inline const struct operation *follow(const struct operation *operation, bool truth)
{
    return truth == operation->truth ? operation->to : operation + 2;
}

/* Writes a value that Lua's collector has nothing to do with. */
static inline bool write_value(struct run *run, TValue *at, const TValue *value)
{
    struct written *written;

    if (run->written == NULL || run->write_count == WRITES || iscollectable(value) ||
        rawtt(value) == TEXT_TAG || rawtt(value) == RECORD_TAG) {
        return false;
    }
    written = &run->written[run->write_count++];
    written->at = at;
    copy_value(&written->before, at);
    copy_value(at, value);
    return true;
}

/* to.key = value, where to has one already. */
static inline bool set_field(struct run *run, const TValue *to, const TValue *key, const TValue *value)
{
    const TValue *slot;

    if (!ttistable(to)) {
        return false;
    }
    slot = find_slot(hvalue(to), tsvalue(key));
    return !isempty(slot) && write_value(run, (TValue *)(uintptr_t)slot, value);
}

/* Carries out an operation that is not of the most common. Returns the next one; NULL: it cannot be. */
static __attribute__((noinline)) const struct operation *step(struct run *run,
                                                              const struct operation *operation)
{
    enum truth truth;
    bool done = true;

    switch (operation->kind) {
    case DO_LOAD_SKIP:
        copy_value(A, &operation->constant);
        return operation + 2;
    case DO_LOAD_NIL:
        for (int n = 0; n <= operation->count; n++) {
            setnilvalue(A + n);
        }
        break;
    case DO_SET_UPVALUE:
        done = write_value(run, UPVALUE, A);
        break;
    case DO_GET_KEY:
        done = get_key(B, last(run, operation), A);
        break;
    case DO_NOT:
        settt_(A, l_isfalse(B) ? LUA_VTRUE : LUA_VFALSE);
        break;
    case DO_LENGTH:
        done = get_length(B, A);
        break;
    case DO_JOIN:
        done = join(run, A, operation->count);
        break;
    case DO_TEST_SET:
        if (l_isfalse(B) == operation->truth) {
            return operation + 2;
        }
        copy_value(A, B);
        return operation->to;
    case DO_ARITHMETIC:
        return calculate(run, operation) ? operation + 2 : NULL;
    default: /* DO_COMPARE, and what is known to be rare of the others */
        truth = compare(run, operation);
        return truth != UNSURE ? follow(operation, truth == TRUE) : NULL;
    }
    return done ? operation + 1 : NULL;
}

const TValue *run_function(struct run *run, const struct eval_function *function)
{
    static const TValue nil = {.tt_ = LUA_VNIL};
    const struct operation *operation = function->operations;

    for (;;) {
        switch ((enum operation_kind)operation->kind) {
        case DO_CALL:
            return NULL;
        case DO_RETURN:
            return A;
        case DO_RETURN_NIL:
            return &nil;
        case DO_TAIL_FUNCTION:
            return call(run, A, operation->count) ? A : NULL;
        case DO_FUNCTION:
            if (!call(run, A, operation->count)) {
                return NULL;
            }
            operation++;
            break;
        case DO_MOVE:
            copy_value(A, B);
            operation++;
            break;
        case DO_LOAD:
            copy_value(A, &operation->constant);
            operation++;
            break;
        case DO_GET_UPVALUE:
            copy_value(A, UPVALUE);
            operation++;
            break;
        case DO_GET_UPFIELD:
            if (!get_field(run, UPVALUE, &operation->constant, A)) {
                return NULL;
            }
            operation++;
            break;
        case DO_GET_FIELD:
            if (!get_field(run, B, &operation->constant, A)) {
                return NULL;
            }
            operation++;
            break;
        case DO_SET_FIELD:
            if (!set_field(run, A, &operation->constant, operation->value != NULL ? operation->value : C)) {
                return NULL;
            }
            operation++;
            break;
        case DO_ADD:
            if (!ttisinteger(B) || !ttisinteger(C)) {
                return NULL;
            }
            setivalue(A, l_castU2S(l_castS2U(ivalue(B)) + l_castS2U(ivalue(C))));
            operation += 2;
            break;
        case DO_ADD_INTEGER:
            if (!ttisinteger(B)) {
                return NULL;
            }
            setivalue(A, l_castU2S(l_castS2U(ivalue(B)) + l_castS2U(ivalue(&operation->constant))));
            operation += 2;
            break;
        case DO_MODULO:
            if (!modulo(run, operation)) {
                return NULL;
            }
            operation += 2;
            break;
        case DO_JUMP:
            operation = operation->to;
            break;
        case DO_TEST:
            operation = follow(operation, !l_isfalse(A));
            break;
        case DO_EQUAL_INTEGER:
            if (ttisinteger(A)) {
                operation = follow(operation, ivalue(A) == ivalue(&operation->constant));
                break;
            }
            __attribute__((fallthrough));
        case DO_LOAD_SKIP:
        case DO_LOAD_NIL:
        case DO_SET_UPVALUE:
        case DO_GET_KEY:
        case DO_NOT:
        case DO_LENGTH:
        case DO_JOIN:
        case DO_TEST_SET:
        case DO_ARITHMETIC:
        case DO_COMPARE:
            operation = step(run, operation);
            if (operation == NULL) {
                return NULL;
            }
            break;
        default: /* none is anything else: that need not be found out before each */
            __builtin_unreachable();
        }
    }
}
