#include "evm/block_writer.hpp"

#include <algorithm>

#include "evm/threaded_loop.hpp"

namespace cairn::evm {
namespace {

constexpr int kFewTemporaries = 8;  // an instruction takes fewer

}  // namespace

BlockWriter::BlockWriter(std::size_t code_size)
    : handlers_(threaded_handlers()), result_(std::make_unique<ThreadedCode>()) {
  result_->blocks.assign(code_size, 0);
  append().handler = nullptr;  // so that no block begins at 0
}

std::unique_ptr<const ThreadedCode> BlockWriter::finish() {
  result_->stream.shrink_to_fit();
  Word* const stream = result_->stream.data();
  for (const auto& [word, destination] : jumps_) {
    stream[word].target = stream + result_->blocks[destination];
  }
  for (const auto& [word, body] : bodies_) {
    stream[word].target = stream + body;
  }
  return std::move(result_);
}

void BlockWriter::begin_block(const Block& block) {
  block_ = block;
  segment_heads_.clear();
  gas_ = 0;
  charging_ = false;
  const auto places = static_cast<std::size_t>(block.need) + static_cast<std::size_t>(block.growth);
  values_.assign(places, Value{});
  users_.assign(places + kTemporaries, 0);
  temporaries_in_use_ = 0;
  top_ = -block.need;
  while (top_ < 0) {
    give_place(top_ + 1);
  }
}

void BlockWriter::add_entry(std::size_t pc, std::int64_t gas_before, bool is_destination,
                            bool is_last) {
  segment_heads_.emplace_back(position(), gas_before);
  if (is_destination) {
    result_->blocks[pc] = static_cast<std::uint32_t>(position());
  }
  const int room = static_cast<int>(kStackLimit) - block_.growth - block_.need;
  append().bounds = {0, static_cast<std::uint16_t>(block_.need * 32),
                     static_cast<std::uint16_t>(room * 32)};
  append().number = pc;
  if (!is_last) {
    append().handler = handlers_[static_cast<std::size_t>(Kind::body)];
    entries_before_body_.push_back(position());
    append().target = nullptr;
  }
}

void BlockWriter::begin_body() {
  for (const std::size_t word : entries_before_body_) {
    bodies_.emplace_back(word, position());
  }
  entries_before_body_.clear();
}

void BlockWriter::start_segment() {
  append().handler = handlers_[static_cast<std::size_t>(Kind::charge)];
  segment_heads_ = {{position(), 0}};
  append().number = 0;
  gas_ = 0;
  charging_ = true;
}

void BlockWriter::end_segment() {
  for (const auto& [word, before] : segment_heads_) {
    const std::int64_t gas = gas_ + before;
    if (charging_) {
      result_->stream[word].number = static_cast<std::uint64_t>(gas);
    } else {
      result_->stream[word].bounds.gas = static_cast<std::uint32_t>(gas);
    }
  }
}

void BlockWriter::emit(Kind kind, int a, int b, int c, int d) {
  const auto place = [](int item) { return static_cast<std::int16_t>(item * 32); };
  append().handler = handlers_[static_cast<std::size_t>(kind)];
  append().places = {place(a), place(b), place(c), place(d)};
}

void BlockWriter::emit_constant(const U256& value) {
  append().constant = &result_->constants.emplace_back(value);
}

void BlockWriter::emit_target(std::uint64_t destination) {
  jumps_.emplace_back(position(), destination);
  append().target = nullptr;
}

void BlockWriter::emit_operation(Kind kind, int a, int c, std::uint8_t code) {
  emit(kind, a, 0, c);
  append().operation = kOperations[code];
}

void BlockWriter::hold(const Value& value) {
  if (!value.constant && users(value.place)++ == 0 && is_temporary(value.place)) {
    ++temporaries_in_use_;
  }
}

void BlockWriter::release(const Value& value) {
  if (!value.constant && --users(value.place) == 0 && is_temporary(value.place)) {
    --temporaries_in_use_;
  }
}

void BlockWriter::give(const Value& value) {
  ++top_;
  at(top_) = value;
  hold(value);
}

int BlockWriter::free_temporary() {
  int place = block_.growth + 1;
  while (users(place) != 0) {
    ++place;
  }
  return place;
}

void BlockWriter::load(int place, const U256& value) {
  if (value.fits_u64()) {
    emit(Kind::small_constant, 0, 0, place);
    append().number = value.low64();
  } else {
    emit(Kind::constant, 0, 0, place);
    emit_constant(value);
  }
}

// A held value's place; constants get a temporary one.
int BlockWriter::materialise(Value& value) {
  if (value.constant) {
    const int place = free_temporary();
    load(place, *value.constant);
    value = Value{.constant = {}, .place = place};
    hold(value);
  }
  return value.place;
}

// Other positions give up places from `lowest` on, which operands are about to take.
void BlockWriter::evacuate(int lowest) {
  for (int position = 1 - block_.need; position < lowest; ++position) {
    const Value old = at(position);
    if (old.constant || old.place < lowest || old.place > top_) {
      continue;
    }
    const Value moved{.constant = {}, .place = free_temporary()};
    emit(Kind::copy, old.place, 0, moved.place);
    for (int other = position; other <= top_; ++other) {
      if (!at(other).constant && at(other).place == old.place) {
        at(other) = moved;
        hold(moved);
        release(old);
      }
    }
  }
}

void BlockWriter::settle(int lowest, const std::vector<Value*>& pinned) {
  struct Move {
    int to, from;
  };
  std::vector<Move> moves;
  for (int position = lowest; position <= top_; ++position) {
    const Value& value = at(position);
    const bool settled = !value.constant && value.place == position;
    if (settled) {
      continue;
    }
    for (Value* pin : pinned) {
      if (!pin->constant && pin->place == position) {
        const Value old = *pin;
        pin->place = free_temporary();
        hold(*pin);
        emit(Kind::copy, old.place, 0, pin->place);
        release(old);
      }
    }
    if (!value.constant) {
      moves.push_back({position, value.place});
    }
  }
  while (!moves.empty()) {
    const auto free = std::ranges::find_if(moves, [&](const Move& move) {
      return std::ranges::none_of(moves, [&](const Move& m) { return m.from == move.to; });
    });
    if (free != moves.end()) {
      emit(Kind::copy, free->from, 0, free->to);
      moves.erase(free);
      continue;
    }
    // What is left are cycles: each swap puts one value to its place.
    const Move last = moves.back();
    moves.pop_back();
    emit(Kind::swap, last.to, last.from);
#ifndef CAIRN_PLANTED_BUG  // fuzz/evm_fuzz.cpp finds that this is missing
    for (Move& move : moves) {
      if (move.from == last.to) {
        move.from = last.from;
      }
    }
#endif
    std::erase_if(moves, [](const Move& move) { return move.to == move.from; });
  }
  for (int position = lowest; position <= top_; ++position) {
    const Value old = at(position);
    if (old.constant) {
      load(position, *old.constant);
    }
    at(position) = Value{.constant = {}, .place = position};
    hold(at(position));
    release(old);
  }
}

void BlockWriter::set_bits(unsigned bits) {
  result_->stream.back().places.d = static_cast<std::int16_t>(bits);
}

void BlockWriter::keep_temporaries_free() {
  if (temporaries_in_use_ > kTemporaries - kFewTemporaries) {
    settle_all();
  }
}

}  // namespace cairn::evm
