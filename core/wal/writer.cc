#include "core/wal/writer.h"

#include <utility>

#include "core/format/file_names.h"
#include "core/rt/rt.h"

namespace mylonite {

WalWriter::WalWriter(std::string directory, const WalHeader& header, std::unique_ptr<LogFile> file)
    : directory_(std::move(directory)),
      header_(header),
      file_(std::move(file)),
      bytes_(kWalHeaderBytes),
      synced_bytes_(kWalHeaderBytes) {}

Result<std::unique_ptr<WalWriter>> WalWriter::create(vfs::FileSystem& fs, std::string directory,
                                                     const WalHeader& header) {
  auto file = create_log_file(fs, directory + "/" + wal_name(header.number), encode_wal_header(header));
  if (!file.ok()) return file.error();
  return std::unique_ptr<WalWriter>(new WalWriter(std::move(directory), header, std::move(*file)));
}

Status WalWriter::append(std::span<const Pending> batches) {
  buffer_.clear();
  for (const Pending& batch : batches) {
    const WalRecord record{
        .type = RecordType::kBatch, .synced_to = synced_bytes_, .at = batch.at, .payload = batch.payload};
    encode_record(buffer_, header_, bytes_ + buffer_.size(), record);
  }
  return append_encoded();
}

Status WalWriter::append_clean_close() {
  buffer_.clear();
  const WalRecord record{.type = RecordType::kCleanClose, .synced_to = synced_bytes_, .at = {}, .payload = {}};
  encode_record(buffer_, header_, bytes_, record);
  return append_encoded();
}

Status WalWriter::append_encoded() {
  rt::work(rt::Work::kLogBytes, buffer_.size());
  if (Status done = file_->append(buffer_); !done.ok()) return done;
  bytes_ += buffer_.size();
  return {};
}

Status WalWriter::sync() {
  if (synced_bytes_ == bytes_) return {};
  if (Status done = file_->sync(); !done.ok()) return done;
  synced_bytes_ = bytes_;
  return {};
}

Status WalWriter::roll(FileNumber number, FileNumber manifest, std::uint64_t manifest_record) {
  if (Status done = sync(); !done.ok()) return done;
  const WalHeader next{.number = number,
                       .salt = header_.salt,
                       .previous = header_.number,
                       .previous_bytes = bytes_,
                       .manifest = manifest,
                       .manifest_record = manifest_record};
  auto file = file_->roll(directory_ + "/" + wal_name(number), encode_wal_header(next));
  if (!file.ok()) return file.error();
  *this = WalWriter(std::move(directory_), next, std::move(*file));
  return {};
}

}  // namespace mylonite
