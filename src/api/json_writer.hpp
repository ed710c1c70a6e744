#pragma once
// The writer of JSON by its everyday name here.

#include "codec/json_writer.hpp"

namespace cairn::api {

using codec::JsonWriter;
using codec::to_json;

}  // namespace cairn::api
