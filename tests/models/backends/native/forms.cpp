// Runs a small decoder of made-up weights in all three formats and prints a hash of every bit that it gives: each form of
// the step, on whatever processor, must print the same.
#include <cstdio>

#include "step.cpp"

namespace {

uint64_t state = 20251130;

uint32_t number() {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return static_cast<uint32_t>(state >> 33);
}

float fraction() { return static_cast<float>(number() % 20001) / 10000.0f - 1.0f; }

std::vector<std::vector<char>> kept;

template <class T>
T* room(size_t count) {
  kept.emplace_back(count * sizeof(T) + 64);
  char* at = kept.back().data();
  return reinterpret_cast<T*>(at + (64 - reinterpret_cast<uintptr_t>(at) % 64) % 64);
}

float* fractions(size_t count, float around, float by) {
  float* out = room<float>(count);
  for (size_t i = 0; i < count; i++) out[i] = around + by * fraction();
  return out;
}

Linear matrix(Format format, int outputs, int inputs) {
  const size_t cells = static_cast<size_t>(outputs / LANES) * (inputs / GROUP);
  const size_t bytes[] = {FormatQ4::BYTES, FormatQ8::BYTES, FormatW16::BYTES};
  const size_t halves[] = {FormatQ4::HALVES, FormatQ8::HALVES, FormatW16::HALVES};
  uint8_t* numbers = room<uint8_t>(cells * bytes[format]);
  for (size_t i = 0; i < cells * bytes[format]; i++) numbers[i] = static_cast<uint8_t>(number());
  // The extremes of a byte beside each other, where sums of too few bits would saturate.
  for (size_t i = 0; i < 256 && i < cells * bytes[format]; i++) numbers[i] = i % 3 ? 255 : 0;
  uint16_t* small = room<uint16_t>(cells * halves[format] + 1);
  for (size_t i = 0; i < cells * halves[format]; i++) small[i] = to_half(0.002f * fraction());
  float* scales = fractions(cells * FormatW16::SCALES + 1, 0.0f, 1e-6f);
  return {format, outputs, inputs, numbers, small, scales, fractions(outputs, 0.0f, 0.1f)};
}

void add(uint64_t& hash, const float* values, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    std::memcpy(&bits, values + i, 4);
    hash = (hash ^ bits) * 1099511628211u;
  }
}

}  // namespace

int main() {
  constexpr int WIDTH = 96, HEADS = 6, KV = 2, HEAD = 32, INNER = 160, WORDS = 208, CONTEXT = 256, LAYERS = 3;
  const Format formats[] = {Q4, Q8, W16};
  std::vector<LayerSpec> layers;
  for (Format one : formats)
    layers.push_back({matrix(one, (HEADS + 2 * KV) * HEAD, WIDTH), matrix(one, WIDTH, HEADS * HEAD),
                      matrix(one, 2 * INNER, WIDTH), matrix(one, WIDTH, INNER), fractions(WIDTH, 1.0f, 0.2f),
                      fractions(WIDTH, 1.0f, 0.2f), fractions(HEAD, 1.0f, 0.2f), fractions(HEAD, 1.0f, 0.2f)});
  const Linear words = matrix(Q8, WORDS, WIDTH);
  for (int threads : {1, 3}) {
    // The same numbers for each count of threads.
    state = 77;
    ModelSpec spec{WIDTH, LAYERS, HEADS, KV, HEAD, INNER, WORDS, CONTEXT, threads, 128, 1e-5f, words, words,
                   fractions(WIDTH, 1.0f, 0.2f), fractions(CONTEXT * HEAD / 2, 0.0f, 1.0f),
                   fractions(CONTEXT * HEAD / 2, 0.0f, 1.0f), layers.data()};
    void* model = model_open(&spec);
    uint64_t hash = 14695981039346656037u;
    for (int digits : {1, 2})
      for (int rows : {1, 2, 3, 4, 7}) {
        std::vector<void*> slots;
        std::vector<Entry> entries;
        std::vector<std::vector<int32_t>> tokens(rows);
        std::vector<std::vector<float>> out(rows), seen(rows);
        std::vector<Tap> taps(rows);
        for (int row = 0; row < rows; row++) {
          slots.push_back(slot_open(model));
          for (int i = 0; i < 5 + 3 * row; i++) tokens[row].push_back(static_cast<int32_t>(number() % WORDS));
          out[row].resize(tokens[row].size() * WORDS);
          seen[row].resize(tokens[row].size() * WIDTH);
          taps[row] = {1, RESIDUAL, seen[row].data()};
          entries.push_back({slots[row], tokens[row].data(), static_cast<int32_t>(tokens[row].size()), 2,
                             out[row].data(), nullptr, 0, &taps[row], 1});
        }
        model_step(model, entries.data(), rows, LAYERS - 1, digits);
        for (int row = 0; row < rows; row++) {
          add(hash, out[row].data(), out[row].size());
          add(hash, seen[row].data(), seen[row].size());
          slot_close(model, slots[row]);
        }
      }
    model_close(model);
    std::printf("%016llx\n", static_cast<unsigned long long>(hash));
  }
}
