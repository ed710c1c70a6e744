#include "base/json_fault.hpp"

#include <simdjson.h>

namespace cairn::base {

std::string_view json_fault(int simdjson_error) {
  switch (simdjson_error) {
    case simdjson::EMPTY:
      return "it is empty";
    case simdjson::SCALAR_DOCUMENT_AS_VALUE:
      return "it is neither an object nor a list";
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
      return "an object or a list does not end";
    case simdjson::TRAILING_CONTENT:
      return "something follows its end";
    case simdjson::DEPTH_ERROR:
      return "it is nested too deeply";
    case simdjson::UNCLOSED_STRING:
      return "a string does not end";
    case simdjson::UNESCAPED_CHARS:
      return "a string has a control character that is not escaped";
    case simdjson::STRING_ERROR:
      return "a string has an escape that does not exist";
    case simdjson::UTF8_ERROR:
      return "it is not UTF-8";
    case simdjson::T_ATOM_ERROR:
    case simdjson::F_ATOM_ERROR:
    case simdjson::N_ATOM_ERROR:
      return "a word is none of true, false and null";
    case simdjson::NUMBER_ERROR:
      return "a number is not written as one";
    case simdjson::NUMBER_OUT_OF_RANGE:
      return "a number is too large";
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC:
      return "it is too large";
    case simdjson::IO_ERROR:
      return "it cannot be read";
    default:
      return "a comma, a colon, a bracket or a value is missing or out of place";
  }
}

}  // namespace cairn::base
