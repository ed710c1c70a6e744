// Any bytes: whatever the strict reader accepts is exactly what the writer writes.

#include "codec/rlp.hpp"
#include "fuzz/require.hpp"

namespace {

using namespace cairn;
using fuzz::require;

Bytes rewrite(const codec::RlpItem& item) {
  if (!item.is_list) {
    return codec::encode_rlp_string(item.payload);
  }
  Bytes items;
  for (codec::RlpReader reader(item.payload); !reader.at_end();) {
    base::append(items, rewrite(reader.item("item").value()));
  }
  return codec::encode_rlp([&](auto& sink) { sink.list([&](auto& list) { list.raw(items); }); });
}

void numbers_are_canonical(BytesView input) {
  codec::RlpReader reader(input);
  const auto word = reader.u256("number");
  if (word && reader.at_end()) {
    require(base::equal(codec::encode_rlp_number(*word), input));
  }
  const auto number = codec::RlpReader(input).u64("number");
  require(number.has_value() == (word.has_value() && word->fits_u64()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView input(data, size);
  if (codec::check_rlp(input)) {
    require(base::equal(rewrite(codec::read_rlp_item(input, "input").value()), input));
  }
  numbers_are_canonical(input);
  return 0;
}
