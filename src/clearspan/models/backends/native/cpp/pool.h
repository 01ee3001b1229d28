// Threads that run one step together, phase after phase, and sleep between steps.
//
// A phase is over when its work is done, whoever did it: a thread that another program keeps from running holds up the
// others only for the portion in its hands, not at each of the hundreds of phases of a step; it skips what was done
// without it. Within a step threads wait by spinning, because phases last microseconds, and soon let others have the
// processor.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace clearspan {

class Pool {
 public:
  explicit Pool(int threads) : threads_(threads) {
    try {
      for (int id = 1; id < threads; id++) workers_.emplace_back([this, id] { serve(id); });
    } catch (...) {
      // The system gives no more threads; those that run must end before this object does.
      stop();
      throw;
    }
  }

  ~Pool() { stop(); }

  int threads() const { return threads_; }

  // Runs `work(thread)` in the caller and in every thread that wakes in time, and returns when all phases are done and
  // those threads have left. What is not within a phase runs as often as there are such threads.
  void run(const std::function<void(int)>& work) {
    phase() = state_.load(std::memory_order_relaxed) >> BITS;
    if (threads_ == 1) return work(0);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      work_ = &work;
      first_ = phase();
      started_++;
    }
    wake_.notify_all();
    work(0);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      work_ = nullptr;
    }
    wait([this] { return inside_.load(std::memory_order_acquire) == 0; });
  }

  // A phase: shares out [0, count) in portions, and returns when all of it is done. All threads must call it, with
  // the same count and portion.
  template <class Body>
  void share(int count, int portion, const Body& body) {
    if (threads_ == 1) {
      if (count > 0) body(0, count);
      return;
    }
    const uint64_t own = phase()++;
    uint64_t seen = state_.load(std::memory_order_acquire);
    while (seen >> BITS == own) {
      int first = static_cast<int>(seen & MASK);
      if (first >= std::max(count, 1)) break;
      if (!state_.compare_exchange_weak(seen, seen + std::max(portion, 1), std::memory_order_acq_rel, std::memory_order_acquire))
        continue;
      int last = std::min(first + portion, count);
      if (first < last) body(first, last);
      if (done_.fetch_add(last - first, std::memory_order_acq_rel) + last - first == count) {
        done_.store(0, std::memory_order_relaxed);
        state_.store((own + 1) << BITS, std::memory_order_release);
        return;
      }
      seen = state_.load(std::memory_order_acquire);
    }
    wait([this, own] { return state_.load(std::memory_order_acquire) >> BITS != own; });
  }

 private:
  static constexpr int SPINS = 2000;
  static constexpr int BITS = 24;
  static constexpr uint64_t MASK = (uint64_t{1} << BITS) - 1;

  // The phase that this thread comes to next.
  static uint64_t& phase() {
    static thread_local uint64_t next = 0;
    return next;
  }

  template <class Over>
  static void wait(const Over& over) {
    for (int turn = 0; !over(); turn++) {
      if (turn > SPINS) std::this_thread::yield();
#if defined(__x86_64__)
      else _mm_pause();
#endif
    }
  }

  void stop() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      ending_ = true;
    }
    wake_.notify_all();
    for (auto& worker : workers_) worker.join();
  }

  void serve(int id) {
    unsigned seen = 0;
    for (;;) {
      const std::function<void(int)>* work;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return ending_ || (work_ && started_ != seen); });
        if (ending_) return;
        seen = started_;
        work = work_;
        phase() = first_;
        inside_.fetch_add(1, std::memory_order_relaxed);
      }
      (*work)(id);
      inside_.fetch_sub(1, std::memory_order_release);
    }
  }

  int threads_;
  std::vector<std::thread> workers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  const std::function<void(int)>* work_ = nullptr;
  uint64_t first_ = 0;
  unsigned started_ = 0;
  bool ending_ = false;
  // The number of the phase, and where in it the next portion begins.
  std::atomic<uint64_t> state_{0};
  std::atomic<int> done_{0}, inside_{0};
};

}  // namespace clearspan
