// Relations without input: tables, files, data in the message, SQL text; and Parse, which reads rows of text.
#include "plan/from_connect/from_connect.h"
#include "plan/from_connect/reader.h"

namespace hearth::plan::from_connect {

base::Result<unresolved::RelationPtr> Reader::Read(const proto::Read& message) {
  if (message.is_streaming()) return Make(unresolved::Unsupported{"a streaming Read"});
  if (message.has_named_table()) {
    HEARTH_ASSIGN(auto name, ParseName(message.named_table().unparsed_identifier()));
    return Make(unresolved::NamedTable{.name = std::move(name),
                                       .options = ReadOptions(message.named_table().options())});
  }
  if (!message.has_data_source()) {
    return InvalidPlan("INVALID_ONE_OF_FIELD_NOT_SET", "A Read says neither a table nor a data source.",
                       {{"fullName", "spark.connect.Read.read_type"}, {"name", "read_type"}});
  }
  const auto& source = message.data_source();
  if (source.predicates_size() > 0 && source.format() != "jdbc") {
    return InvalidPlan("PREDICATES_NOT_SUPPORTED_FOR_DATA_SOURCE",
                       "Only the jdbc source takes predicates, not " + source.format() + ".",
                       {{"format", source.format()}});
  }
  return Make(unresolved::DataSource{.format = source.format(),
                                     .schema = source.schema(),
                                     .options = ReadOptions(source.options()),
                                     .paths = Strings(source.paths()),
                                     .predicates = Strings(source.predicates())});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::LocalRelation& message) {
  if (!message.has_data() && message.schema().empty()) {
    return InvalidPlan("SCHEMA_REQUIRED_FOR_LOCAL_RELATION",
                       "A local relation has neither data nor a schema.");
  }
  return Make(unresolved::LocalRelation{message.data(), message.schema()});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::CachedLocalRelation& message) {
  return Make(unresolved::CachedLocalRelation{.hash = message.hash()});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::ChunkedCachedLocalRelation& message) {
  if (message.datahashes_size() == 0 && !message.has_schemahash()) {
    return InvalidPlan("CHUNKED_CACHED_LOCAL_RELATION_WITHOUT_DATA",
                       "A chunked local relation names no chunk.");
  }
  return Make(unresolved::CachedLocalRelation{.data_hashes = Strings(message.datahashes()),
                                              .schema_hash = message.schemahash()});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::Range& message) {
  unresolved::Range range{.end = message.end(), .step = message.step()};
  if (message.has_start()) range.start = message.start();
  if (message.has_num_partitions()) range.partitions = message.num_partitions();
  return Make(range);
}

// The text with its parameters put in. Clients up to 3.5 send literals, later ones expressions.
base::Result<unresolved::Statement> Reader::Parse(const proto::SQL& message) {
  std::map<std::string, unresolved::ExpressionPtr> named;
  for (const auto& [name, literal] : message.args()) {
    HEARTH_ASSIGN(named[name], ReadLiteral(literal));
  }
  for (const auto& [name, argument] : message.named_arguments()) {
    HEARTH_ASSIGN(named[name], Expression(argument));
  }
  HEARTH_ASSIGN(auto positional, List(message.pos_arguments()));
  if (positional.empty()) {
    HEARTH_ASSIGN(positional, ReadLiterals(message.pos_args()));
  }
  SqlOptions options = options_;
  options.named_arguments = &named;
  options.positional_arguments = &positional;
  return ParseStatement(message.query(), options);
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::SQL& message) {
  HEARTH_ASSIGN(auto statement, Parse(message));
  if (auto* query = std::get_if<unresolved::RelationPtr>(&statement)) return std::move(*query);
  return Make(unresolved::Unsupported{"a command as a part of a query"});
}

base::Result<unresolved::Statement> Reader::Statement(const proto::Relation& message) {
  if (message.has_sql()) return Parse(message.sql());
  if (message.has_with_relations() && message.with_relations().root().has_sql()) {
    HEARTH_ASSIGN(auto statement, Parse(message.with_relations().root().sql()));
    if (std::holds_alternative<unresolved::Command>(statement)) {
      return unresolved::Statement(
          unresolved::Command{unresolved::UnsupportedCommand{"a command over DataFrames"}});
    }
  }
  HEARTH_ASSIGN(auto query, Relation(message));
  return unresolved::Statement(std::move(query));
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::UnresolvedTableValuedFunction& message) {
  HEARTH_ASSIGN(auto arguments, List(message.arguments()));
  return Make(unresolved::TableFunction{{message.function_name()}, std::move(arguments)});
}

base::Result<unresolved::RelationPtr> Reader::Read(const proto::Parse& message) {
  HEARTH_ASSIGN(auto input, Relation(message.input()));
  unresolved::Parse parse{.input = std::move(input), .options = ReadOptions(message.options())};
  switch (message.format()) {
    case proto::Parse::PARSE_FORMAT_CSV:
      parse.format = "csv";
      break;
    case proto::Parse::PARSE_FORMAT_JSON:
      parse.format = "json";
      break;
    case proto::Parse::PARSE_FORMAT_XML:
      return Make(unresolved::Unsupported{"Parse of XML"});
    default:
      return InvalidPlan("INVALID_ENUM", "Parse names no format.",
                         {{"fullName", "spark.connect.Parse.ParseFormat"},
                          {"name", "format"},
                          {"number", std::to_string(message.format())}});
  }
  if (message.has_schema()) {
    HEARTH_ASSIGN(auto schema, FromConnect(message.schema()));
    if (!schema->Is(TypeKind::kStruct)) {
      return InvalidPlan("INVALID_SCHEMA_NON_STRUCT_TYPE",
                         "The schema of Parse must be a struct, not " + schema->Sql() + ".",
                         {{"inputSchema", schema->Json()}, {"dataType", schema->Sql()}});
    }
    parse.schema = schema->Json();
  }
  return Make(std::move(parse));
}

}  // namespace hearth::plan::from_connect
