---@meta lure
-- Types of all that a script can use, for LuaLS (lua-language-server): put this directory into `workspace.library`, and
-- write `---@type lure.Plugin` above the script's table. script/reference makes the tables of docs/reference.md of
-- these texts. A module that `require` finds by a name of its own has a file
-- of its own: lure/host.lua, and lure/testing.lua, which is the module itself.

---@class lure.Plugin
--- The plugin's name. Required.
---@field name string
--- The plugin's version, three numbers: `"1.2.3"`. Required.
---@field version string
--- One sentence for lists of plugins.
---@field description? string
--- Who answers questions about the plugin.
---@field contact? string
--- The plugin's number in Falco's registry; 999 is for tests. `id` and `event_source` together make an event source.
---@field id? integer
--- The name of its events in rules (`source: …`).
---@field event_source? string
--- A plugin API version to insist on. By default lure declares the lowest version that the script needs.
---@field required_api_version? string
--- The fields, see [Fields](#fields).
---@field fields? lure.Field[]
--- The properties of `init_config`, each a [property](#configuration) of a JSON Schema, by name.
---@field config? table<string, lure.Property>
--- The text of a whole JSON Schema for `init_config`, instead of `config`.
---@field init_schema? string
--- The properties of the open parameters, as in `config`. `open` then gets them decoded and checked.
---@field params? table<string, lure.Property>
--- Suggested open parameters: a list of `{ value = …, desc = … }`, or a function that returns one.
---@field open_params? lure.OpenParam[] | fun(): lure.OpenParam[]
--- The largest batch of events: `events` (512), `bytes` (1 MiB), `milliseconds` (20; from 1 to 100), see [Waiting](#waiting).
---@field batch? { events?: integer, bytes?: integer, milliseconds?: integer }
--- Called once with the checked configuration, defaults filled in. Values are as `lure.json.decode` returns them: null is
--- `lure.json.null`, an integer above 2^63-1 is a string of digits, and a float that is integral (`5.0`) is an integer.
---@field init? fun(config: table): any, string?
--- Called once at the end, if `init` succeeded.
---@field destroy? fun()
--- Opens the event source. Returns an instance (any value) for `next`; without `next`, an iterator as the generic `for` takes it,
--- whose first value is a payload and whose second, if any, is its time. Of an iterator with several values, such as
--- `gmatch`, return only the first one.
---@field open? fun(params: any): any, ...
--- Returns a payload and perhaps its time in ns, or a list of payloads in which `{ payload, ns }` has a time of its own.
--- `nil` is the end of the source, `lure.TIMEOUT` means that there is nothing now.
---@field next? fun(instance: any): lure.Payload | (lure.Payload | lure.TimedPayload)[] | lure.Timeout | nil, integer | string | nil
--- Closes an instance.
---@field close? fun(instance: any)
--- Returns how much of the source was read, from 0 to 1, and perhaps a text.
---@field progress? fun(instance: any): number, string?
--- Returns the event as text. By default the payload.
---@field to_string? fun(value: any, event: lure.Event): string
--- Returns what field functions and `to_string` get as `value`. By default the payload; `nil`: the event is not for this
--- plugin. It runs once per event, when the first of these functions is called, and not at all if none is: count in `parse`.
---@field decode? fun(event: lure.Event): any, string?
--- The function of those fields that have none of their own.
---@field extract? lure.Extract
--- The event sources whose events have these fields. By default the script's own.
---@field extract_event_sources? string[]
--- The event types whose events have these fields, by name (`"open"`: enter and exit) or number. By default plugin events
--- (322), and every type if `syscall` is among the sources.
---@field extract_event_types? (string | integer)[]
--- For kernel events: the schema version that the script was written for. By default `"4.0.0"`.
---@field required_event_schema_version? string
--- Sees each event once, before fields are extracted. May write state tables.
---@field parse? fun(event: lure.Event): any, string?
--- The event sources that `parse` sees. By default as for `extract_event_sources`.
---@field parse_event_sources? string[]
--- The event types that `parse` sees. By default as for `extract_event_types`.
---@field parse_event_types? (string | integer)[]
--- State tables that the script offers to other plugins: `{ NAME = { key = TYPE, fields = { NAME = TYPE } } }`.
---@field tables? table<string, lure.OwnTable>
--- The names of the async events that the script emits.
---@field async_events? string[]
--- The event sources that async events go to. By default the script's own.
---@field async_event_sources? string[]
--- Called every `async_interval` seconds on a thread of lure's, until it returns `false`. `emit(name, data)` is as
--- `lure.emit`.
---@field async? fun(emit: lure.Emit): boolean?, string?
--- Seconds between two calls of `async`. By default 1.
---@field async_interval? number
--- Writes the plugin's state to a capture file, as async events: `emit(name, data)`.
---@field dump_state? fun(emit: lure.Emit): any, string?
--- Called when a capture begins. `capture:every(seconds, f)` calls `f` on a thread of lure's until `f` returns `false`, the
--- capture closes, or the function that `every` returned is called.
---@field capture_open? fun(capture: lure.Capture): any, string?
--- Called when a capture ends.
---@field capture_close? fun(capture: lure.Capture): any, string?
--- Returns a list of `{ name = …, value = …, monotonic = true }` for the host's metrics, which are shown beside lure's own
--- (see [Metrics](#metrics)); `true`: only lure's own.
---@field metrics? boolean | fun(): lure.Metric[], string?
--- Called with a new configuration, checked as for `init`.
---@field set_config? fun(config: table): any, string?
--- Called in the new Lua state, after `init`, when a changed script takes over. `old` is a copy of the old script's table,
--- see [hot reload](falco.md#hot-reload).
---@field reload? fun(old: table): any, string?

---@alias lure.Payload string | integer
---@alias lure.TimedPayload { [1]: lure.Payload, [2]: integer } with the time in ns, in a list
---@alias lure.Value string | integer | number | boolean | table
-- arg: a string, or an integer; nil where a field may stand without
---@alias lure.Extract fun(value: any, arg: any, event: lure.Event, field: string): lure.Value?, ...
---@alias lure.Emit fun(name: string, data: string | integer, options?: { ts?: integer, tid?: integer }): true?, string?
---@alias lure.StateType "int8" | "int16" | "int32" | "int64" | "uint8" | "uint16" | "uint32" | "uint64" | "string" | "bool"

---@class lure.Timeout
---@class lure.Arg

---@class lure.Field
--- The name in rules: words joined by `.`. Required.
---@field name string
--- The type, see [Types](#types). Required.
---@field type "string" | "uint64" | "bool" | "reltime" | "abstime" | "ipaddr" | "ipnet"
--- One sentence. Required: hosts refuse a field without one.
---@field desc string
--- A short title.
---@field display? string
--- The field has many values.
---@field list? boolean
--- What may stand in brackets behind the name: `{ index = true }`, `{ key = true }` or both, with `required = true` where the
--- field has no value without an argument.
---@field arg? { required?: boolean, index?: boolean, key?: boolean }
--- A list of `"hidden"`, `"info"`, `"conversation"`.
---@field properties? ("hidden" | "info" | "conversation")[]
--- Hosts may add the field to the outputs of rules.
---@field add_output? boolean
--- Returns the value; `nil`: the field has no value in this event.
---@field extract? lure.Extract
--- Instead of `extract`: a JSON Pointer into the payload, evaluated without Lua; a list of pointers, of which the first that
--- is found counts; or `lure.ARG`, when the argument is the pointer. See [Paths](#paths).
---@field path? string | string[] | lure.Arg
--- For a path: the value where the payload has none.
---@field default? any
--- For `abstime` and `reltime`: the unit of a number (`"s"`, `"ms"`, `"us"`, `"ns"`) or the format of a text, see [Times](#times).
---@field time? "s" | "ms" | "us" | "ns" | string

---@class lure.Property
--- The JSON type of the value.
---@field type? "string" | "integer" | "number" | "boolean" | "object" | "array" | "null"
--- One sentence, for people.
---@field description? string
--- A short title.
---@field title? string
--- The value where the configuration has none.
---@field default? any
--- The values that are allowed.
---@field enum? any[]
--- The least number.
---@field minimum? number
--- The greatest number.
---@field maximum? number
--- A number is a multiple of this one.
---@field multipleOf? number
--- The least length of a text.
---@field minLength? integer
--- The greatest length of a text.
---@field maxLength? integer
--- The least number of elements of a list.
---@field minItems? integer
--- The greatest number of elements of a list.
---@field maxItems? integer
--- A regular expression for a text.
---@field pattern? string
--- A format of JSON Schema for a text.
---@field format? string
--- The property that each element of a list is.
---@field items? lure.Property
--- The members of an object.
---@field properties? table<string, lure.Property>
--- The configuration must have it.
---@field required? boolean
--- The value is confidential: the schema says `writeOnly`, and `lure falco` takes it from an environment variable.
---@field secret? boolean

---@class lure.OpenParam
--- The open parameters.
---@field value string
--- One sentence.
---@field desc? string
--- For a list of values in one text: what separates them.
---@field separator? string

---@class lure.Event
--- The payload; nil for kernel events.
---@field data string?
--- The number of the event, from 1.
---@field num integer
--- The time in ns since 1970.
---@field ts integer
--- The event source; nil for kernel events of hosts that do not tell it.
---@field source string?
--- The event type by name, or its number if it has no name.
---@field type string | integer
--- The thread id; -1 where there is none.
---@field tid integer
--- The parameters of a kernel event: by name as values (`event.param.fd`), by number, from 1, as bytes.
---@field param table<string | integer, any>

---@class lure.Metric
--- Letters, digits, `_` and `.`; a unit is separated by a point: `queue.seconds`.
---@field name string
--- Its value now.
---@field value number
--- The value never decreases.
---@field monotonic? boolean

---@class lure.Capture
local capture = {}

---@param seconds number
---@param f fun(): boolean?, string? false: not again
---@return fun() cancel
function capture:every(seconds, f) end

---@class lure.OwnTable
---@field key lure.StateType
---@field fields table<string, lure.StateType | lure.OwnTable>

---@class lure.NewField a field that the table's owner may not have, as lure check is told
---@field type lure.StateType
---@field new? boolean

---@class lure.TableOptions
---@field key? lure.StateType
---@field fields? table<string, lure.StateType | "table" | lure.NewField | lure.TableOptions>
---@field optional? boolean

---@class lure.Table
---@operator len: integer
local tables = {}

--- Returns the entry, or nil.
---@param key string | integer | boolean
---@return table<string, any>?
function tables:get(key) end

--- Adds an entry, or replaces it, and returns it.
---@param key string | integer | boolean
---@param values? table<string, any>
---@return table<string, any>
function tables:add(key, values) end

--- Removes the entry. Returns whether there was one.
---@param key string | integer | boolean
---@return boolean
function tables:erase(key) end

--- Removes all entries.
function tables:clear() end

--- Calls `f` for each entry, until it returns `false`. The key is nil in tables that are not the script's own.
---@param f fun(entry: table<string, any>, key: any): boolean?
function tables:each(f) end

--- Whether the host has the table, or this field of it; for those declared with `optional = true`.
---@param field? string
---@return boolean
function tables:exists(field) end

---@class lure.Json
--- Returns the value of a JSON text, objects and lists as tables. Throws for what RFC 8259 refuses.
---@field decode fun(text: string): any
--- Returns the JSON text of a value, also of a document.
---@field encode fun(value: any): string
--- Returns a document for an object or a list, else the value. Nothing is decoded until it is asked for.
---@field parse fun(text: string): any
--- Returns `"object"`, `"list"`, `"string"`, `"number"`, `"boolean"` or `"null"`; nil for what JSON does not have.
---@field kind fun(value: any): "object" | "list" | "string" | "number" | "boolean" | "null" | nil
--- The value that stands for null.
---@field null any

---@class lure.JsonDocument finds values in a text when they are asked for: document.key, document[1], #document
--- Returns the value at a JSON Pointer; nil if a part of the way is missing.
---@field get fun(self: lure.JsonDocument, pointer: string): any
--- Returns a value as it is written in the text: `"1.50"`.
---@field raw fun(self: lure.JsonDocument, key: string | integer): string?
--- Returns the document as a table, as `decode` makes it.
---@field table fun(self: lure.JsonDocument): table
---@field [any] any

---@class lure.Log
---@field fatal fun(format: string, ...)
---@field critical fun(format: string, ...)
---@field error fun(format: string, ...)
---@field warning fun(format: string, ...)
---@field notice fun(format: string, ...)
---@field info fun(format: string, ...)
---@field debug fun(format: string, ...)
---@field trace fun(format: string, ...)

---@class lure
--- What `next` returns when there is nothing now.
---@field TIMEOUT lure.Timeout
--- As the `path` of a field: the argument is the path.
---@field ARG lure.Arg
--- The version of lure.
---@field version string
--- Hands an async event to the host. Returns true; nil and a text where the host does not take it.
---@field emit lure.Emit
--- See [lure.json](#lurejson).
---@field json lure.Json
--- `lure.log.info(format, …)` and the other levels: fatal, critical, error, warning, notice, debug, trace.
---@field log lure.Log
local lure = {}

--- Returns the time in ns since 1970.
---@return integer
function lure.now() end

--- Returns an environment variable of the host, or nil. Throws where `init_config.lure.env` does not list it.
---@param name string
---@return string?
function lure.env(name) end

--- Returns a state table; called at the top level of the script. See [State tables](#state-tables).
---@param name string
---@param options? lure.TableOptions
---@return lure.Table
function lure.table(name, options) end

return lure
