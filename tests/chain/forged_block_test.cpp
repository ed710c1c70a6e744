// Every byte of a block changed, and every field shorter, longer, gone or doubled: the importer
// refuses each with a reason, or takes a block that is a valid one, and never a crash.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <iostream>

#include "chain/block_import.hpp"
#include "codec/rlp.hpp"
#include "store/rocks_store.hpp"
#include "tests/chain/foreign_chain.hpp"

namespace cairn::chain {
namespace {

// RLP as a tree, so that one item can be forged and all lengths around it follow.
struct Item {
  bool is_list = false;
  Bytes text;
  std::vector<Item> items;
};

Item parse(BytesView rlp) {
  const codec::RlpItem read = codec::read_rlp_item(rlp, "item").value();
  Item out{.is_list = read.is_list, .text = {}, .items = {}};
  if (!read.is_list) {
    out.text = base::to_bytes(read.payload);
    return out;
  }
  for (codec::RlpReader reader(read.payload); !reader.at_end();) {
    out.items.push_back(parse(reader.item("item")->encoded));
  }
  return out;
}

Bytes encode(const Item& item) {
  if (!item.is_list) {
    return codec::encode_rlp_string(item.text);
  }
  return codec::encode_rlp([&](auto& sink) {
    sink.list([&](auto& list) {
      for (const Item& one : item.items) {
        list.raw(encode(one));
      }
    });
  });
}

// Calls `visit` with the whole block for every way in which one item of it is forged.
void for_each_forgery(Item& whole, Item& item, const std::function<void(const Bytes&)>& visit) {
  const Item good = item;
  const auto with = [&](const auto& change) {
    change();
    visit(encode(whole));
    item = good;
  };
  with([&] { item.is_list = !item.is_list; });
  if (!good.is_list) {
    with([&] { item.text.push_back(0); });
    with([&] { item.text.insert(item.text.begin(), 0); });
    with([&] { item.text.clear(); });
    with([&] { item.text.assign(300, 0xff); });
    if (!good.text.empty()) {
      with([&] { item.text.pop_back(); });
    }
    return;
  }
  with([&] { item.items.push_back({}); });
  with([&] { item.items.clear(); });
  if (!good.items.empty()) {
    with([&] { item.items.pop_back(); });
    with([&] { item.items.push_back(good.items.back()); });
    with([&] { std::ranges::reverse(item.items); });
  }
  for (Item& inner : item.items) {
    for_each_forgery(whole, inner, visit);
  }
}

class ForgedBlock : public ::testing::Test {
 protected:
  void SetUp() override {
    CAIRN_FIXTURES_OR_SKIP(root);
    foreign_ = test::ForeignChain::read(root);
    chain_ = Chain::create(*store::RocksStore::open_in_memory(), foreign_.genesis).value();
    importer_ = std::make_unique<BlockImporter>(*chain_, pool_);
  }

  // The chain ends before that block.
  const Bytes& import_before(std::uint64_t number) {
    for (const Bytes& block : foreign_.blocks) {
      if (types::decode_block(block)->header.number == number) {
        return block;
      }
      EXPECT_TRUE(importer_->add(block));
    }
    throw std::runtime_error("no such block");
  }

  void offer(const Bytes& good, const Bytes& forged) {
    if (forged == good) {
      return;
    }
    ++offered_;
    const auto head = chain_->head();
    const auto done = importer_->add(forged);
    if (!done) {
      EXPECT_FALSE(done.error().message.empty());
      EXPECT_EQ(chain_->head()->hash(), head->hash());
      return;
    }
    ++taken_;
    // What the seal or the proposer is free to say within bounds: no rule can tell, and nothing
    // else may differ.
    types::Block block = types::decode_block(forged).value();
    EXPECT_EQ(types::encode_block(block), forged);
    const types::Block original = types::decode_block(good).value();
    block.header.extra_data = original.header.extra_data;
    block.header.prev_randao = original.header.prev_randao;
    block.header.nonce = original.header.nonce;
    block.header.gas_limit = original.header.gas_limit;
    block.header.timestamp = original.header.timestamp;
    EXPECT_TRUE(block == original);
    ASSERT_TRUE(chain_->truncate_to(chain_->record_upon(head->number()).value()));
    importer_ = std::make_unique<BlockImporter>(*chain_, pool_);
  }

  void forge_all(std::uint64_t number) {
    const Bytes good = import_before(number);
    for (std::size_t i = 0; i < good.size() && !HasFailure(); ++i) {
      for (const unsigned flip : {0x01u, 0x80u, 0xffu}) {
        Bytes forged = good;
        forged[i] = static_cast<std::uint8_t>(forged[i] ^ flip);
        offer(good, forged);
      }
      offer(good, Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(i)));
    }
    Item whole = parse(good);
    for_each_forgery(whole, whole, [&](const Bytes& forged) { offer(good, forged); });
    std::cout << offered_ << " forged blocks of " << good.size() << " bytes, " << taken_
              << " of them valid ones\n";
    EXPECT_EQ(importer_->add(good), BlockImporter::Outcome::added);
  }

  test::ForeignChain foreign_;
  std::unique_ptr<Chain> chain_;
  base::ThreadPool pool_{1};
  std::unique_ptr<BlockImporter> importer_;
  std::uint64_t offered_ = 0;
  std::uint64_t taken_ = 0;
};

TEST_F(ForgedBlock, WithAnOmmerIsRefused) { forge_all(29); }
TEST_F(ForgedBlock, WithBlobsAndAuthorizationsIsRefused) { forge_all(45); }
TEST_F(ForgedBlock, WithAWithdrawalIsRefused) { forge_all(53); }

}  // namespace
}  // namespace cairn::chain
