// Causal attention with grouped queries over a cache in half precision, kept in blocks of 64 positions.
//
// Keys lie with 16 positions side by side, so that 16 scores are summed at once; values lie by position. Rows of one
// sequence are taken four at a time and share what is loaded; each row adds in the order of its positions.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "vec.h"

namespace clearspan {

constexpr int BLOCK = 64;
constexpr int MOST_QUERIES = 16;

struct Shape {
  int layers, heads, kv_heads, head;  // `head` is a multiple of 32
  size_t plane() const { return static_cast<size_t>(BLOCK) * head; }
  size_t block() const { return 2 * plane() * kv_heads * layers; }
};

using Block = std::unique_ptr<uint16_t[]>;

// Blocks that no sequence uses, kept for the next one.
class Cache {
 public:
  explicit Cache(Shape shape) : shape_(shape) {}
  Block take() {
    if (free_.empty()) return Block(new uint16_t[shape_.block()]());
    Block block = std::move(free_.back());
    free_.pop_back();
    return block;
  }
  void give_back(std::vector<Block>& blocks) {
    for (auto& block : blocks)
      if (free_.size() < MOST_KEPT) free_.push_back(std::move(block));
    blocks.clear();
  }

 private:
  static constexpr size_t MOST_KEPT = 64;
  Shape shape_;
  std::vector<Block> free_;
};

struct Slot {
  std::vector<Block> blocks;
  int length = 0;
};

inline uint16_t* keys(const Slot& slot, const Shape& s, int layer, int kv, int block) {
  return slot.blocks[block].get() + (static_cast<size_t>(layer) * s.kv_heads + kv) * 2 * s.plane();
}
inline uint16_t* values(const Slot& slot, const Shape& s, int layer, int kv, int block) {
  return keys(slot, s, layer, kv, block) + s.plane();
}

inline void remember(const Slot& slot, const Shape& s, int layer, int kv, int position, const float* k,
                     const float* v) {
  int within = position % BLOCK;
  uint16_t* key = keys(slot, s, layer, kv, position / BLOCK);
  uint16_t* value = values(slot, s, layer, kv, position / BLOCK) + static_cast<size_t>(within) * s.head;
  uint16_t* column = key + static_cast<size_t>(within / LANES) * LANES * s.head + within % LANES;
  for (int d = 0; d < s.head; d += LANES) {
    uint16_t halves[LANES];
    store_half(halves, load(k + d));
    for (int i = 0; i < LANES; i++) column[(d + i) * LANES] = halves[i];
    store_half(value + d, load(v + d));
  }
}

// Scores of N queries against positions [0, upto), upto a multiple of 16; `scores` has `stride` floats a query.
template <int N>
void score(const Slot& slot, const Shape& s, int layer, int kv, const float* const* query, int upto, float* scores,
           size_t stride) {
  for (int at = 0; at < upto; at += LANES) {
    const uint16_t* key = keys(slot, s, layer, kv, at / BLOCK) + static_cast<size_t>(at % BLOCK) * s.head;
    vf acc[N] = {};
    for (int d = 0; d < s.head; d++) {
      vf k = load_half(key + d * LANES);
      for (int n = 0; n < N; n++) acc[n] = fused(k, query[n][d], acc[n]);
    }
    for (int n = 0; n < N; n++) store(scores + n * stride + at, acc[n]);
  }
}

template <int N>
void mix(const Slot& slot, const Shape& s, int layer, int kv, const float* weights, size_t stride, int count,
         float* const* out) {
  for (int lane = 0; lane < s.head; lane += LANES) {
    vf acc[N] = {};
    for (int at = 0; at < count; at += BLOCK) {
      const uint16_t* value = values(slot, s, layer, kv, at / BLOCK) + lane;
      int within = std::min(BLOCK, count - at);
      for (int i = 0; i < within; i++) {
        vf v = load_half(value + static_cast<size_t>(i) * s.head);
        for (int n = 0; n < N; n++) acc[n] = fused(v, weights[n * stride + at + i], acc[n]);
      }
    }
    for (int n = 0; n < N; n++) store(out[n] + lane, acc[n]);
  }
}

// Turns scores of one query over its `count` positions into weights; positions up to `upto` beyond get 0.
inline void softmax(float* scores, int count, int upto, float scale) {
  for (int at = count; at < upto; at++) scores[at] = -INFINITY;
  vf peak = all(-INFINITY);
  for (int at = 0; at < upto; at += LANES) peak = maximum(peak, load(scores + at));
  float top = largest(peak);
  vf total = {};
  for (int at = 0; at < upto; at += LANES) {
    vf p = exponential((load(scores + at) - top) * scale);
    store(scores + at, p);
    if (at + LANES > count)
      for (int i = std::max(count, at); i < at + LANES; i++) scores[i] = 0.0f;
    total += load(scores + at);
  }
  float inverse = 1.0f / sum(total);
  for (int at = 0; at < upto; at += LANES) store(scores + at, load(scores + at) * inverse);
}

template <int N>
void attend(const Slot& slot, const Shape& s, int layer, int kv, const float* const* query, const int* counts,
            float scale, float* scores, size_t stride, float* const* out) {
  int longest = *std::max_element(counts, counts + N);
  int upto = (longest + LANES - 1) / LANES * LANES;
  score<N>(slot, s, layer, kv, query, upto, scores, stride);
  for (int n = 0; n < N; n++) softmax(scores + n * stride, counts[n], upto, scale);
  mix<N>(slot, s, layer, kv, scores, stride, longest, out);
}

// Attends for `n` queries that read the same keys; any number, in portions that are compiled.
inline void attend_all(int n, const Slot& slot, const Shape& s, int layer, int kv, const float* const* query,
                       const int* counts, float scale, float* scores, size_t stride, float* const* out) {
  int i = 0;
  for (; i + 12 <= n; i += 12) attend<12>(slot, s, layer, kv, query + i, counts + i, scale, scores, stride, out + i);
  for (; i + 4 <= n; i += 4) attend<4>(slot, s, layer, kv, query + i, counts + i, scale, scores, stride, out + i);
  for (; i + 3 <= n; i += 3) attend<3>(slot, s, layer, kv, query + i, counts + i, scale, scores, stride, out + i);
  for (; i < n; i++) attend<1>(slot, s, layer, kv, query + i, counts + i, scale, scores, stride, out + i);
}

}  // namespace clearspan
