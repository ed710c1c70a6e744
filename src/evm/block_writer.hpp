#pragma once
// Writes threaded code for one block after the other and follows what every position of the stack
// holds meanwhile: a constant, or a value in some place. Used by the translator alone.

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "evm/threaded_code.hpp"

namespace cairn::evm {

// What a position of the stack holds while a block is translated.
struct Value {
  std::optional<U256> constant;
  int place = 0;  // in items from the block's top; when it is no constant
};

struct Block {
  std::size_t end = 0;
  int need = 0;
  int growth = 0;
};

class BlockWriter {
 public:
  explicit BlockWriter(std::size_t code_size);
  std::unique_ptr<const ThreadedCode> finish();

  // A block: its entries, its body, the gas of its instructions.
  void begin_block(const Block& block);
  // Bounds checked on entry at `pc`. Unless it is the last one it leads on to the body.
  void add_entry(std::size_t pc, std::int64_t gas_before, bool is_destination, bool is_last);
  void begin_body();
  void add_gas(std::int64_t gas) { gas_ += gas; }
  // The gas up to end_segment is charged where the segment starts; a block's first one by its
  // bounds.
  void start_segment();
  void end_segment();
  const Block& block() const { return block_; }

  // Instructions. Places are in items from the block's top.
  void emit(Kind kind, int a = 0, int b = 0, int c = 0, int d = 0);
  void emit_constant(const U256& value);
  void emit_number(std::uint64_t value) { append().number = value; }
  void emit_target(std::uint64_t destination);
  void emit_operation(Kind kind, int a, int c, std::uint8_t code);
  void set_bits(unsigned bits);  // of the shift just emitted

  // The stack. A value that was taken is held, so that nothing is written over it, until released.
  int top() const { return top_; }
  Value& at(int position) { return values_[index_of(position)]; }
  Value take() { return at(top_--); }
  void release(const Value& value);
  void give(const Value& value);
  void give_place(int place) { give(Value{.constant = {}, .place = place}); }
  // Where the result of an instruction can be written: the position's own place if it is free.
  int free_place(int position) { return users(position) == 0 ? position : free_temporary(); }
  int materialise(Value& value);
  // Brings the positions from `lowest` on to where the EVM has them. Pinned values are held ones
  // that must survive; they may be moved.
  void settle(int lowest, const std::vector<Value*>& pinned = {});
  void settle_all(const std::vector<Value*>& pinned = {}) { settle(1 - block_.need, pinned); }
  void evacuate(int lowest);
  void keep_temporaries_free();

 private:
  Word& append() { return result_->stream.emplace_back(); }
  std::size_t position() const { return result_->stream.size(); }
  std::size_t index_of(int position) const {
    return static_cast<std::size_t>(position + block_.need - 1);
  }
  int& users(int place) { return users_[index_of(place)]; }
  bool is_temporary(int place) const { return place > block_.growth; }
  void hold(const Value& value);
  int free_temporary();
  void load(int place, const U256& value);

  const void* const* handlers_;
  std::unique_ptr<ThreadedCode> result_;
  std::vector<std::pair<std::size_t, std::uint64_t>> jumps_;  // word, position in the bytecode
  std::vector<std::pair<std::size_t, std::size_t>> bodies_;   // word, word it points at
  std::vector<std::size_t> entries_before_body_;
  std::vector<std::pair<std::size_t, std::int64_t>> segment_heads_;  // word, gas before

  Block block_;
  std::vector<Value> values_;
  std::vector<int> users_;  // how many positions and held values are in a place
  int top_ = 0;
  int temporaries_in_use_ = 0;
  std::int64_t gas_ = 0;
  bool charging_ = false;
};

}  // namespace cairn::evm
