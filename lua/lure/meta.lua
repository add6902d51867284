---@meta lure
-- Types of all that a script can use, for LuaLS (lua-language-server): put this folder into `workspace.library`, and
-- write `---@type lure.Plugin` above the script's table. A module that `require` finds by a name of its own has a file
-- of its own: lure/host.lua, and lure/testing.lua, which is the module itself.

---@class lure.Plugin
---@field name string the plugin's name
---@field version string three numbers, as in "0.1.0"
---@field description? string
---@field contact? string
---@field id? integer the plugin's number; 999 is for tests
---@field event_source? string what its events are called in rules
---@field required_api_version? string to insist on a plugin API
---@field fields? lure.Field[]
---@field config? table<string, lure.Property> properties of init_config
---@field init_schema? string a whole JSON Schema, instead of `config`
---@field params? table<string, lure.Property> properties of the open parameters
---@field open_params? lure.OpenParam[] | fun(): lure.OpenParam[]
---@field batch? { events?: integer, bytes?: integer, milliseconds?: integer } the largest batch
---@field init? fun(config: table): any, string?
---@field reload? fun(old: table): any, string? when a changed script takes over; `old`: a copy of the old one's table
---@field destroy? fun()
---@field open? fun(params: any): any, ...
---@field next? fun(instance: any): lure.Payload | (lure.Payload | lure.TimedPayload)[] | lure.Timeout | nil, integer | string | nil
---@field close? fun(instance: any)
---@field progress? fun(instance: any): number, string? from 0 to 1
---@field to_string? fun(value: any, event: lure.Event): string
---@field decode? fun(event: lure.Event): any, string? once per event; nil: not ours
---@field extract? lure.Extract for fields without a function of their own
---@field extract_event_sources? string[]
---@field extract_event_types? (string | integer)[]
---@field required_event_schema_version? string
---@field parse? fun(event: lure.Event): any, string?
---@field parse_event_sources? string[]
---@field parse_event_types? (string | integer)[]
---@field async? fun(emit: lure.Emit): boolean?, string? false: not again
---@field async_events? string[]
---@field async_event_sources? string[]
---@field async_interval? number seconds
---@field capture_open? fun(capture: lure.Capture): any, string?
---@field capture_close? fun(capture: lure.Capture): any, string?
---@field tables? table<string, lure.OwnTable>
---@field metrics? boolean | fun(): lure.Metric[], string?
---@field set_config? fun(config: table): any, string?
---@field dump_state? fun(emit: lure.Emit): any, string?

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
---@field name string as in a rule
---@field type "string" | "uint64" | "bool" | "reltime" | "abstime" | "ipaddr" | "ipnet"
---@field desc string
---@field display? string
---@field list? boolean
---@field arg? { required?: boolean, index?: boolean, key?: boolean }
---@field properties? ("hidden" | "info" | "conversation")[]
---@field add_output? boolean
---@field extract? lure.Extract
---@field path? string | string[] | lure.Arg
---@field default? any
---@field time? "s" | "ms" | "us" | "ns" | string of abstime and reltime: a unit, or a format as of strptime

---@class lure.Property
---@field type? "string" | "integer" | "number" | "boolean" | "object" | "array" | "null"
---@field description? string
---@field title? string
---@field default? any
---@field enum? any[]
---@field minimum? number
---@field maximum? number
---@field multipleOf? number
---@field minLength? integer
---@field maxLength? integer
---@field minItems? integer
---@field maxItems? integer
---@field pattern? string
---@field format? string
---@field items? lure.Property
---@field properties? table<string, lure.Property>
---@field required? boolean
---@field secret? boolean

---@class lure.OpenParam
---@field value string
---@field desc? string
---@field separator? string

---@class lure.Event
---@field data string? the payload; nil in events of the kernel
---@field num integer
---@field ts integer nanoseconds since 1970
---@field source string?
---@field type string | integer
---@field tid integer
---@field param table<string | integer, any> parameters by name; by number, from 1, as bytes

---@class lure.Metric
---@field name string letters, digits, `_` and `.`; units behind a point: `queue.seconds`
---@field value number
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

---@param key string | integer | boolean
---@return table<string, any>?
function tables:get(key) end

---@param key string | integer | boolean
---@param values? table<string, any>
---@return table<string, any>
function tables:add(key, values) end

---@param key string | integer | boolean
---@return boolean
function tables:erase(key) end

function tables:clear() end

---@param f fun(entry: table<string, any>, key: any): boolean? key: nil in tables not the script's own; false: no further
function tables:each(f) end

---@param field? string
---@return boolean
function tables:exists(field) end

---@class lure.Json
---@field decode fun(text: string): any
---@field encode fun(value: any): string
---@field parse fun(text: string): any a lure.JsonDocument of an object or a list, else the value
---@field kind fun(value: any): "object" | "list" | "string" | "number" | "boolean" | "null" | nil
---@field null any

---@class lure.JsonDocument finds values in a text when they are asked for: document.key, document[1], #document
---@field get fun(self: lure.JsonDocument, pointer: string): any what a JSON Pointer leads to
---@field raw fun(self: lure.JsonDocument, key: string | integer): string? how a value is written
---@field table fun(self: lure.JsonDocument): table as decode makes it
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
---@field TIMEOUT lure.Timeout
---@field ARG lure.Arg
---@field version string
---@field emit lure.Emit
---@field json lure.Json
---@field log lure.Log
local lure = {}

---@return integer nanoseconds since 1970
function lure.now() end

---@param name string
---@return string?
function lure.env(name) end

---@param name string
---@param options? lure.TableOptions
---@return lure.Table
function lure.table(name, options) end

return lure
