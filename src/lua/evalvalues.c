#include "lua/evalvalues.h"

#include "lua/evalmatch.h"
#include "lua/integertext.h"

#include "ltable.h"
#include "ltm.h"
#include "lvm.h"

#include <string.h>

/* Makes `to` a text of the run's own, or a document. False: there are too many. */
static bool set_text(struct run *run, int tag, struct eval_text text, TValue *to)
{
    if (run->text_count == TEXTS) {
        return false;
    }
    run->texts[run->text_count] = text;
    set_foreign(to, tag, &run->texts[run->text_count++]);
    return true;
}

/* The same of what an object has returned, if that was something. */
static bool set_found(struct run *run, bool found, const struct eval_value *value, TValue *to)
{
    if (!found) {
        return false;
    }
    if (value->kind == EVAL_TEXT || value->kind == EVAL_DOCUMENT) {
        return set_text(run, value->kind == EVAL_TEXT ? TEXT_TAG : DOCUMENT_TAG, value->text, to);
    }
    run_set_value(run->L, to, value);
    return value->kind < EVAL_KEPT;
}

bool values_get_of_object(struct run *run, const TValue *from, const TString *key, TValue *to)
{
    const void *object = from->value_.p;
    struct eval_value value;
    bool found = false;

    if (rawtt(from) == DOCUMENT_TAG) {
        found = run->known->documents->member(object, getstr(key), tsslen(key), &value);
    } else if (rawtt(from) == RECORD_TAG) {
        const struct eval_record *record = object;

        /* a key with a NUL in it is the VM's to refuse */
        found = strlen(getstr(key)) == tsslen(key) && record->get(record->of, getstr(key), &value);
    }
    return set_found(run, found, &value, to);
}

bool values_get_key(struct run *run, const TValue *from, const TValue *key, TValue *to)
{
    struct eval_value value;

    if (ttistable(from)) {
        Table *table = hvalue(from);

        return ttisinteger(key) ? values_found(table, luaH_getint(table, ivalue(key)), to)
                                : ttisstring(key) && values_found(table, luaH_get(table, key), to);
    }
    return rawtt(from) == DOCUMENT_TAG && ttisinteger(key) &&
           set_found(run, run->known->documents->element(from->value_.p, ivalue(key), &value), &value, to);
}

bool values_get_length(const TValue *of, TValue *to)
{
    struct eval_text text = text_of(of);

    if (rawtt(of) == LIST_TAG) {
        setivalue(to, ((const struct eval_list *)of->value_.p)->count);
        return true;
    }
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
    if (text.data == NULL || text.size > JOINED - run->effects->joined_size) {
        return false;
    }
    memcpy(run->effects->joined + run->effects->joined_size, text.data, text.size);
    run->effects->joined_size += text.size;
    return true;
}

bool values_join(struct run *run, TValue *first, int count)
{
    size_t before;

    if (run->effects == NULL) {
        return false;
    }
    before = run->effects->joined_size;
    for (int i = 0; i < count; i++) {
        if (!add_text(run, first + i)) {
            return false;
        }
    }
    return set_text(run, TEXT_TAG,
                    (struct eval_text){run->effects->joined + before, run->effects->joined_size - before},
                    first);
}

/* The state of math.random, which is to be changed; NULL: `function` is something else, or it must not. */
static struct mathrandom *random_state(struct run *run, const TValue *function)
{
    struct effects *effects = run->effects;
    struct mathrandom *state;

    if (effects == NULL || !ttisCclosure(function) || clCvalue(function)->f != run->known->random) {
        return NULL;
    }
    state = (void *)getudatamem(uvalue(&clCvalue(function)->upvalue[0]));
    if (effects->drawn == NULL) {
        effects->drawn = state;
        effects->drawn_before = *state;
    }
    return effects->drawn == state ? state : NULL;
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

/* The name of the value's type; NULL: only Lua knows. */
static const char *type_name(const TValue *value)
{
    switch (rawtt(value)) {
    case TEXT_TAG:
        return ttypename(LUA_TSTRING);
    case DOCUMENT_TAG:
        return ttypename(LUA_TUSERDATA);
    case LIST_TAG:
        return ttypename(LUA_TTABLE);
    default:
        return is_foreign(value) ? NULL : ttypename(ttype(value));
    }
}

/* Calls type. */
static bool tell_type(struct run *run, TValue *function, int count)
{
    const char *name = count == 1 ? type_name(function + 1) : NULL;

    return name != NULL && set_text(run, TEXT_TAG, (struct eval_text){name, strlen(name)}, function);
}

/* Calls string.match. */
static bool match(struct run *run, TValue *function, int count)
{
    struct eval_text text, pattern, found;

    if (count != 2) {
        return false;
    }
    text = text_of(function + 1);
    pattern = text_of(function + 2);
    if (text.data == NULL || pattern.data == NULL ||
        !evalmatch_find(&text, &pattern, LOOPED, &run->looped, &found)) {
        return false;
    }
    if (found.data == NULL) {
        setnilvalue(function);
        return true;
    }
    return set_text(run, TEXT_TAG, found, function);
}

/* Calls lure.json.parse. */
static bool parse(struct run *run, TValue *function, int count)
{
    const struct eval_text text = count == 1 ? text_of(function + 1) : (struct eval_text){NULL, 0};
    struct eval_value value;

    return text.data != NULL && set_found(run, run->known->documents->open(&text, &value), &value, function);
}

bool values_call_otherwise(struct run *run, TValue *function, int count)
{
    const struct eval_known *known = run->known;
    lua_CFunction called = ttislcf(function) ? fvalue(function) : NULL;

    if (called == NULL) {
        return draw(run, function, count);
    }
    if (called == known->match) {
        return match(run, function, count);
    }
    if (called == known->type) {
        return tell_type(run, function, count);
    }
    return known->documents != NULL && called == known->documents->parse && parse(run, function, count);
}

/* ---- lists ---- */

bool values_new_list(struct run *run, TValue *to)
{
    if (run->list != NULL || run->known->list == NULL) {
        return false;
    }
    run->list = run->known->list;
    run->list->count = 0;
    set_foreign(to, LIST_TAG, run->list);
    return true;
}

bool values_append(const TValue *list, const TValue *key, const TValue *value)
{
    struct eval_list *to = list->value_.p;
    struct eval_value *place;

    if (rawtt(list) != LIST_TAG || !ttisinteger(key) || ivalue(key) != to->count + 1 ||
        to->count == EVAL_LIST_ROOM) {
        return false;
    }
    place = &to->values[to->count++];
    if (ttisinteger(value)) {
        *place = (struct eval_value){.kind = EVAL_INTEGER, .integer = ivalue(value)};
    } else if (ttisboolean(value)) {
        *place = (struct eval_value){.kind = EVAL_BOOLEAN, .boolean = ttistrue(value)};
    } else {
        *place = (struct eval_value){.kind = EVAL_TEXT, .text = text_of(value)};
        return place->text.data != NULL;
    }
    return true;
}

bool values_iterate(const struct run *run, TValue *at)
{
    if (!ttislcf(at) || fvalue(at) != run->known->ipairs || rawtt(at + 1) != DOCUMENT_TAG) {
        return false;
    }
    set_foreign(at, PLACE_TAG, run->known->documents->begin(at[1].value_.p));
    setivalue(at + 2, 0);
    setivalue(at + 3, run->text_count);
    return true;
}

bool values_next(struct run *run, TValue *at, unsigned operations, bool recycles)
{
    const char *place = at->value_.p;
    const struct eval_text *list = at[1].value_.p;
    struct eval_value value;

    run->looped += operations;
    if (rawtt(at) != PLACE_TAG || rawtt(at + 1) != DOCUMENT_TAG || run->looped > LOOPED) {
        return false;
    }
    if (place == NULL) {
        setnilvalue(at + 4);
        return true;
    }
    if (place < list->data || place >= list->data + list->size || !ttisinteger(at + 2) ||
        !ttisinteger(at + 3) || ivalue(at + 3) < 0 || ivalue(at + 3) > run->text_count) {
        return false; /* these are no registers of Lua's compiler */
    }
    if (recycles) {
        run->text_count = (int)ivalue(at + 3);
    }
    if (!set_found(run, run->known->documents->next(list, &place, &value), &value, at + 5)) {
        return false;
    }
    set_foreign(at, PLACE_TAG, place);
    setivalue(at + 2, l_castU2S(l_castS2U(ivalue(at + 2)) + 1));
    setivalue(at + 4, ivalue(at + 2));
    return true;
}

/* ---- comparisons ---- */

enum truth values_equal(const TValue *a, const TValue *b)
{
    if (rawtt(a) == TEXT_TAG || rawtt(b) == TEXT_TAG) {
        struct eval_text left = text_of(a), right = text_of(b);

        return left.data != NULL && right.data != NULL && left.size == right.size &&
                       memcmp(left.data, right.data, left.size) == 0
                   ? TRUE
                   : UNTRUE;
    }
    if (is_foreign(a) || is_foreign(b)) {
        const TValue *other = is_foreign(a) ? b : a; /* such as nil, which no object is */

        return ttisnil(other) || ttisboolean(other) || ttisnumber(other) ? UNTRUE : UNSURE;
    }
    if (luaV_rawequalobj(a, b)) {
        return TRUE;
    }
    return ttypetag(a) == ttypetag(b) && (ttistable(a) || ttisfulluserdata(a)) ? UNSURE : UNTRUE;
}
