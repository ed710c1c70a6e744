#include "base/json_fault.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <string>

namespace cairn::base {
namespace {

TEST(JsonFault, NamesWhatIsWrongWithTheText) {
  EXPECT_EQ(json_fault(simdjson::EMPTY), "it is empty");
  EXPECT_EQ(json_fault(simdjson::UNCLOSED_STRING), "a string does not end");
  EXPECT_EQ(json_fault(simdjson::SCALAR_DOCUMENT_AS_VALUE), "it is neither an object nor a list");
}

// simdjson's own words are for those who call it.
TEST(JsonFault, AdvisesNoFunctions) {
  for (int code = 0; code < simdjson::NUM_ERROR_CODES; ++code) {
    const std::string words(json_fault(code));
    EXPECT_EQ(words.find("get"), std::string::npos) << words;
    EXPECT_EQ(words.find('('), std::string::npos) << words;
  }
}

}  // namespace
}  // namespace cairn::base
