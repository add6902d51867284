#include "script/copies.h"

#include "lua/budget.h"
#include "modules/cjson_lua.h"

/* The manifest's copy, the tree and the text that hosts are shown, and that text while it grows. */
#define COPIES 4

/* Units of the time budget that a byte takes: it is copied, written as JSON, and that is checked and copied.
 */
#define UNITS_OF_BYTE 4

bool copies_charge_plainly(struct vm *vm, size_t size)
{
    if (!memory_charge(vm->blocks.budget, size)) {
        return false;
    }
    vm->charged += size;
    return true;
}

void copies_charge_lj(lua_State *L, size_t size)
{
    struct vm *vm = vm_of(L);

    if (size > vm->limits->memory || !copies_charge_plainly(vm, COPIES * size)) {
        vm_no_memory_lj(L);
    }
    vm->copied += size;
}

cJSON *copies_json_lj(lua_State *L, int index, const char *what)
{
    size_t size = cjson_size_lj(L, index, vm_of(L)->limits->memory);

    copies_charge_lj(L, size);
    budget_charge_lj(L, UNITS_OF_BYTE * size);
    return cjson_from_lua_lj(L, index, what);
}

void copies_release(struct vm *vm, size_t before)
{
    memory_release(vm->blocks.budget, vm->charged - before);
    vm->charged = before;
}
